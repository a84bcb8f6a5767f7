// Everything below a multivariant playlist: fetched as a player would, read strictly, and compared with what
// ffprobe finds in the files.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from '@playwright/test';
import HLS from 'hls-parser';
import { run } from './films.ts';

HLS.setOptions({ strictMode: true });

type Media = { url: string; text: string; playlist: HLS.types.MediaPlaylist; init: string; segments: string[] };
export type Tree = { url: string; text: string; master: HLS.types.MasterPlaylist; media: Media[]; all: string[] };

/** Reads the multivariant playlist and all it names; fails where strict parsing does. */
export async function readTree(url: string, cookie: string): Promise<Tree> {
  const text = await fetchText(url, cookie);
  const master = HLS.parse(text) as HLS.types.MasterPlaylist;
  expect(master.isMasterPlaylist).toBe(true);
  const sounds = master.variants.flatMap((variant) => variant.audio).map((rendition) => rendition.uri ?? '');
  const addresses = [...master.variants.map((variant) => variant.uri), ...sounds].filter(Boolean);
  const media = await Promise.all(
    [...new Set(addresses)].map(async (uri): Promise<Media> => {
      const own = new URL(uri, url).href;
      const ownText = await fetchText(own, cookie);
      const playlist = HLS.parse(ownText) as HLS.types.MediaPlaylist;
      const init = new URL(playlist.segments[0]?.map?.uri ?? '', own).href;
      const segments = playlist.segments.map((segment) => new URL(segment.uri, own).href);
      return { url: own, text: ownText, playlist, init, segments };
    }),
  );
  const all = [url, ...media.flatMap((one) => [one.url, one.init, ...one.segments])];
  return { url, text, master, media, all };
}

/** What ffprobe finds in a rendition. */
export type Stream = {
  codec_name: string;
  codec_type: 'audio' | 'video';
  profile: string;
  level: number;
  width: number;
  height: number;
  r_frame_rate: string;
  channels: number;
};

/** Checks each declared codec, size, rate and bandwidth against the files. */
export async function agreesWithItsFiles(tree: Tree, cookie: string): Promise<void> {
  for (const variant of tree.master.variants) {
    // Sound alone is a variant too, and names itself as its sound.
    const sound = variant.audio[0]?.uri;
    const parts = [...new Set([variant.uri, sound ?? variant.uri])].map((uri) => find(tree, uri));
    const probed = await Promise.all(parts.map((part) => probe(part, cookie)));
    const streams = probed.flatMap((part) => part.streams);
    const picture = streams.find((stream) => stream.codec_type === 'video');
    const declared = (variant.codecs ?? '').split(',').map((codec) => codec.trim());

    expect(declared.sort(), variant.uri).toEqual(streams.map(codecName).sort());
    expect(variant.resolution, variant.uri).toEqual(
      picture && { width: picture.width, height: picture.height },
    );
    if (picture && variant.frameRate) {
      expect(Math.abs(variant.frameRate - fraction(picture.r_frame_rate)), variant.uri).toBeLessThan(0.01);
    }

    // RFC 8216 §4.3.4.2: BANDWIDTH is the peak segment bit rate, AVERAGE-BANDWIDTH the average one.
    const average = probed.reduce((sum, part) => sum + part.bits / part.seconds, 0);
    expect(variant.bandwidth, variant.uri).toBeGreaterThanOrEqual(average * 0.98);
    if (variant.averageBandwidth) {
      expect(Math.abs(variant.averageBandwidth / average - 1), variant.uri).toBeLessThan(0.05);
    }
  }
}

/** The variants that have a picture, largest first. */
export function pictures(tree: Tree): HLS.types.Variant[] {
  return tree.master.variants.filter((variant) => variant.resolution);
}

/**
 * Every rendition is cut at the same instants, so that a player can change at any segment. Sound can be cut between AAC
 * frames only (1,024 samples, about 21 ms): after a picture that ends with a segment it may have one of its own.
 */
export function isAligned(tree: Tree): void {
  const cuts = (media: Media) => {
    let end = 0;
    return media.playlist.segments.map((segment) => (end += segment.duration));
  };
  const [picture] = pictures(tree);
  const seen = pictures(tree).map((variant) => cuts(find(tree, variant.uri)));
  const first = seen[0] ?? cuts(tree.media[0]!);
  for (const other of seen) expect(other).toEqual(first);
  for (const one of tree.media) {
    const own = cuts(one);
    for (const [at, end] of first.slice(0, -1).entries()) {
      expect(Math.abs((own[at] ?? NaN) - end), one.url).toBeLessThan(0.05);
    }
    const apart = Math.abs((own.at(-1) ?? NaN) - (first.at(-1) ?? NaN));
    expect(apart, one.url).toBeLessThan(0.05 + 1 / (picture?.frameRate ?? 25));
    expect(own.length - first.length, one.url).toBeLessThanOrEqual(1);
    expect(one.playlist.endlist).toBe(true);
    for (const { duration } of one.playlist.segments) {
      expect(Math.round(duration)).toBeLessThanOrEqual(one.playlist.targetDuration);
    }
  }
}

function find(tree: Tree, uri: string): Media {
  const url = new URL(uri, tree.url).href;
  const media = tree.media.find((one) => one.url === url);
  if (!media) throw new Error(`${url} is not in the tree`);
  return media;
}

async function probe(media: Media, cookie: string) {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-e2e-probe-'));
  try {
    const base = new URL('.', media.url).href;
    let bytes = 0;
    for (const url of [media.init, ...media.segments]) {
      const body = Buffer.from(await (await get(url, cookie)).arrayBuffer());
      if (url !== media.init) bytes += body.length;
      const file = join(folder, url.slice(base.length));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, body);
    }
    const playlist = join(folder, 'index.m3u8');
    await writeFile(playlist, media.text);
    const { stdout } = await run('ffprobe', [
      ...['-v', 'error', '-allowed_extensions', 'ALL', '-of', 'json', '-show_streams', playlist],
    ]);
    const seconds = media.playlist.segments.reduce((sum, segment) => sum + segment.duration, 0);
    return { streams: (JSON.parse(stdout) as { streams: Stream[] }).streams, bits: bytes * 8, seconds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** RFC 6381 names, as far as Stoa makes them. */
function codecName(stream: Stream): string {
  if (stream.codec_name === 'aac') return 'mp4a.40.2';
  const profiles: Record<string, string> = {
    'Constrained Baseline': '42c0',
    Baseline: '4200',
    Main: '4d40',
    High: '6400',
  };
  return `avc1.${profiles[stream.profile]}${stream.level.toString(16).padStart(2, '0')}`;
}

function fraction(text: string): number {
  const [frames = NaN, seconds = 1] = text.split('/').map(Number);
  return frames / seconds;
}

async function fetchText(url: string, cookie: string): Promise<string> {
  return (await get(url, cookie)).text();
}

async function get(url: string, cookie: string): Promise<Response> {
  const response = await fetch(url, { headers: { cookie } });
  expect(response.status, url).toBe(200);
  return response;
}
