// Whatever is killed, and whenever: every upload that was accepted comes to an end, and nothing half done stays.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { clip } from './films.ts';
import { expect, testOn } from './fixtures.ts';
import * as people from './people.ts';
import { Server } from './server.ts';

/** A server of its own: no other test is to notice. */
const test = testOn(() => Server.start());

const kills = Number(process.env.KILLS ?? 10);
const lessons = 5;
/** How much is sent as one part: little, so that many moments lie between two parts. */
const part = 128 * 1024;

test('what was accepted comes to its end, whatever is killed', async ({ page, server }) => {
  test.setTimeout(300_000 + kills * 10_000);
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'Chaos');
  await people.addSection(page, 'Start');
  for (let n = 0; n < lessons; n++) await people.addLesson(page, `Lesson ${n}`);
  const course = new URL(page.url()).pathname.split('/')[2] ?? '';
  const links = await page.getByRole('link', { name: /^Lesson \d$/ }).evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  const ids = links.map((link) => basename(link));
  expect(ids).toHaveLength(lessons);
  const session = {
    cookie: (await page.context().cookies()).map((cookie) => `${cookie.name}=${cookie.value}`).join('; '),
    origin: server.url,
  };
  const film = await readFile(await clip({ size: '426x240', seconds: 8 }));
  const files = [film, film.subarray(0, Math.floor(film.length * 0.7)), Buffer.concat([film.subarray(0, 4096), Buffer.alloc(500_000, 'noise')])];

  let over = false;
  const accepted = new Map<string, string[]>(ids.map((id) => [id, []]));
  const uploads = ids.map(async (lesson, at) => {
    const enough = () => over && (accepted.get(lesson)?.length ?? 0) > 0;
    for (let n = 0; !enough(); n++) {
      const name = `${at}-${n}.mp4`;
      const ended = await upload(server, session, `${course}/${lesson}`, name, files[(at + n) % files.length] as Buffer, enough);
      if (ended) accepted.get(lesson)?.push(name);
      await pause(500 + Math.random() * 4_000);
    }
  });

  const hit = { server: 0, ffmpeg: 0 };
  for (let n = 0; n < kills; n++) {
    await pause(100 + Math.random() * 1_900);
    const transcoding = await ffmpegs(server.pid);
    if (transcoding.length > 0 && Math.random() < 0.5) {
      hit.ffmpeg += 1;
      for (const pid of transcoding) tryKill(pid);
    } else {
      hit.server += 1;
      await server.kill();
      await server.run();
    }
  }
  over = true;
  await Promise.all(uploads);
  const count = [...accepted.values()].flat().length;
  console.log(`killed the server ${hit.server} times and ffmpeg ${hit.ffmpeg} times; ${count} uploads were accepted`);

  // The sweeper's period, and what the conversions take.
  const statuses = async () => Promise.all(ids.map(async (id) => status(server, session, course, id)));
  await expect.poll(async () => (await statuses()).map(ended), { timeout: 240_000, intervals: [1_000] }).toEqual(ids.map(() => true));
  for (const [at, video] of (await statuses()).entries()) {
    const names = video.versions.map((version) => version.file_name);
    const sent = accepted.get(ids[at] ?? '') ?? [];
    // The last twenty are remembered; one more may have been accepted without its answer having come through.
    expect(names, `lesson ${at}`).toEqual(expect.arrayContaining(sent.slice(-15)));
    if (typeof video.status === 'object' && 'failed' in video.status) expect(video.status.failed.message).not.toBe('');
  }
  for (const folder of ['~transcoding', '~transit']) {
    const left = await readdir(join(server.data, 'blobs', folder), { recursive: true }).catch(() => []);
    expect(left, folder).toEqual([]);
  }
});

type Session = Record<string, string>;
type Video = {
  status: string | { ready: unknown } | { failed: { message: string } } | { processing: unknown };
  versions: { file_name: string }[];
};

function ended({ status }: Video): boolean {
  return typeof status === 'object' && ('ready' in status || 'failed' in status);
}

/** Uploads as a client does that does not give up; whether it was accepted before the end. */
async function upload(server: Server, session: Session, lesson: string, name: string, file: Buffer, over: () => boolean): Promise<boolean> {
  const headers = { ...session, 'tus-resumable': '1.0.0' };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  let location = '';
  while (!over()) {
    try {
      if (!location) {
        const begun = await fetch(`${server.url}/upload/${lesson}`, {
          method: 'POST',
          headers: { ...headers, 'upload-length': String(file.length), 'upload-metadata': `filename ${base64(name)},purpose ${base64('video')}` },
        });
        if (begun.status !== 201) throw new Error(`begin: ${begun.status} ${await begun.text()}`);
        location = begun.headers.get('location') ?? '';
      }
      const found = await fetch(server.url + location, { method: 'HEAD', headers });
      // Ended in a way that the client did not hear of.
      if (found.status === 404 || found.status === 410) return false;
      if (!found.ok) throw new Error(`status: ${found.status}`);
      let offset = Number(found.headers.get('upload-offset'));
      do {
        const sent = await fetch(server.url + location, {
          method: 'PATCH',
          headers: { ...headers, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
          body: file.subarray(offset, offset + part),
        });
        if (sent.status === 400 || sent.status === 422) return false;
        if (!sent.ok) throw new Error(`part: ${sent.status} ${await sent.text()}`);
        offset = Number(sent.headers.get('upload-offset'));
      } while (offset < file.length);
      return true;
    } catch {
      await pause(200);
    }
  }
  return false;
}

async function status(server: Server, session: Session, course: string, lesson: string): Promise<Video> {
  const answer = await fetch(`${server.url}/api/videos/status?course=${course}&lesson=${lesson}`, { headers: session });
  if (!answer.ok) throw new Error(`status: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Video;
}

/** The processes below this one that are ffmpeg. */
async function ffmpegs(parent: number): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).map(Number).filter(Boolean)) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    const program = await readlink(`/proc/${pid}/exe`).catch(() => '');
    if (ppid === parent && basename(program) === 'ffmpeg') found.push(pid);
  }
  return found;
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It came to its end by itself.
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
