// What the corpus of awkward files became (`adapters/embedded/tests/corpus.rs`), on a server for nothing else, and a page
// that plays it with the library that the site plays with.
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { type Page, test as base } from '@playwright/test';
import type Hls from 'hls.js';

const folder = process.env.STOA_CORPUS ?? resolve(import.meta.dirname, '../target/corpus');
const library = resolve(import.meta.dirname, '../public/vendor/hls.min.js');

/** The names of all that is there. */
export const names = existsSync(folder) ? readdirSync(folder).sort() : [];

/** What the conversion found that it made. */
export type Expected = {
  seconds: number;
  /** How long a frame lasts, in seconds. */
  frame: number;
  /** Of the renditions with a picture, largest first. */
  sizes: [number, number][];
  sound: boolean;
  captions: string[];
};

export function expected(name: string): Expected {
  return JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')) as Expected;
}

const page = '<!doctype html><title>Corpus</title><script src="/hls.min.js"></script>';
const types: Record<string, string> = {
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.m4s': 'video/iso.segment',
  '.mp4': 'video/mp4',
  '.vtt': 'text/vtt',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
};

/** The page, and where it is. One of each worker plays everything: to open one takes longer than most of these play. */
export const test = base.extend<object, { player: { page: Page; url: string } }>({
  player: [
    async ({ browser }, use) => {
      const server = createServer((request, response) => {
        const path = decodeURI(new URL(request.url ?? '', 'http://localhost').pathname);
        if (path === '/') return void response.setHeader('content-type', 'text/html').end(page);
        const file = path === '/hls.min.js' ? library : join(folder, path);
        response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
        createReadStream(file)
          .on('error', () => response.writeHead(404).end())
          .pipe(response);
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const tab = await browser.newPage();
      await tab.goto(url);
      await use({ page: tab, url });
      await tab.close();
      server.closeAllConnections();
      server.close();
    },
    { scope: 'worker' },
  ],
});

/** What was seen of a stream. */
export type Watched = {
  /** Each of its levels, played from the beginning: its size, and the frames that were decoded. */
  levels: { size: [number, number]; frames: number }[];
  /** Bytes of sound that were decoded. */
  sound: number;
  /** How long it plays: streams begin some frames after zero. */
  seconds: number;
  /** Where it ended, after a jump close to its end. */
  end: number;
  /** Those that the library did not get over by itself. */
  errors: string[];
  /** How many cues each list of them has. */
  cues: Record<string, number>;
  pictures: Record<string, [number, number]>;
};

/** Plays a stream: each level for a while, then to the end from shortly before it. Runs in the page. */
export async function watch(master: string, lists: string[], images: string[]): Promise<Watched> {
  const Library = (window as unknown as { Hls: typeof Hls }).Hls;
  const video = document.createElement('video');
  const errors: string[] = [];
  const cues: Record<string, number> = {};
  const pictures: Record<string, [number, number]> = {};
  const until = (what: string, holds: () => boolean) =>
    new Promise<void>((done, fail) => {
      const late = performance.now() + 15_000;
      const look = () => {
        if (holds()) done();
        else if (performance.now() > late) fail(new Error(`${what} never came, at ${video.currentTime} s; ${errors.join()}`));
        else setTimeout(look, 10);
      };
      look();
    });
  const play = () => {
    video.playbackRate = 4;
    // Where it cannot, the wait for what it shows says so.
    video.play().catch(() => undefined);
  };
  for (const list of lists) {
    const track = document.createElement('track');
    Object.assign(track, { kind: 'metadata', src: new URL(list, master).href });
    video.append(track);
    track.track.mode = 'hidden';
  }
  const hls = new Library({ startLevel: 0 });
  try {
    video.muted = true;
    document.body.append(video);
    hls.on(Library.Events.ERROR, (_, { fatal, details, error }) => {
      if (fatal) errors.push(`${details}: ${error.message}`);
    });
    hls.attachMedia(video);
    hls.loadSource(master);
    await until('the playlist', () => hls.levels.length > 0);
    const levels: Watched['levels'] = [];
    for (const [at, { width, height }] of hls.levels.entries()) {
      const before = video.getVideoPlaybackQuality().totalVideoFrames;
      // What is on its way when it is told to show another level now, the library may never fetch again: so the first is
      // not asked for that way, and the others once all of the one before is there.
      if (at === 0) {
        hls.loadLevel = 0;
      } else {
        hls.currentLevel = at;
        video.currentTime = 0;
      }
      play();
      const shown = () => !height || (video.videoWidth === width && video.videoHeight === height);
      await until(`level ${at}`, () => video.readyState > 1 && !video.seeking && shown());
      const from = video.currentTime;
      await until(`a while of level ${at}`, () => video.ended || video.currentTime >= from + 0.5);
      const frames = video.getVideoPlaybackQuality().totalVideoFrames - before;
      await until(`all of level ${at}`, () => video.buffered.length > 0 && video.buffered.end(video.buffered.length - 1) > video.duration - 0.3);
      levels.push({ size: [video.videoWidth, video.videoHeight], frames });
      video.pause();
    }
    video.currentTime = Math.max(0, video.duration - 1);
    await until('the jump', () => !video.seeking);
    play();
    await until('the end', () => video.ended);
    const begin = video.buffered.start(0);
    for (const [at, list] of lists.entries()) {
      const { track } = video.querySelectorAll('track')[at]!;
      await until(list, () => (track.cues?.length ?? 0) > 0);
      cues[list] = track.cues!.length;
    }
    for (const name of images) {
      const image = new Image();
      image.src = new URL(name, master).href;
      await image.decode();
      pictures[name] = [image.naturalWidth, image.naturalHeight];
    }
    const sound = (video as unknown as { webkitAudioDecodedByteCount: number }).webkitAudioDecodedByteCount;
    return { levels, sound, seconds: video.duration - begin, end: video.currentTime - begin, errors, cues, pictures };
  } finally {
    hls.destroy();
    video.remove();
  }
}
