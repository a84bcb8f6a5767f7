// Whatever is killed, and whenever: every upload that was accepted comes to an end, and no file stays that no record names.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
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

  const before = await stored(server);
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

  // What clients began and never heard of is on record: it can be continued, or given up.
  for (const id of ids) {
    const editor = await ask<{ unfinished: { id: string }[] }>(server, session, 'authoring/lesson-editor', course, id);
    for (const upload of editor.unfinished) {
      const given = await fetch(`${server.url}/uploads/${upload.id}`, { method: 'DELETE', headers: { ...session, 'tus-resumable': '1.0.0' } });
      expect(given.status).toBe(204);
    }
  }
  const named = new Set(before);
  for (const { versions } of await statuses()) {
    for (const [at, { version, fate }] of versions.entries()) {
      if (at === 0 || fate === 'watched') named.add(`uploads ${version}`);
      if (fate === 'watched') named.add(`media ${version}`);
    }
  }
  await server.kill();
  const needless = [...(await stored(server))].filter((file) => !named.has(file));
  await server.command(['clean', '--grace', '0'], '');
  console.log(`the cleaner took away ${needless.length} things: versions that were replaced, and what nobody knows of`);
  expect([...(await stored(server))].sort()).toEqual([...named].sort());
});

/** What is stored: of videos their area and version, of everything else the path. */
async function stored(server: Server): Promise<Set<string>> {
  const blobs = join(server.data, 'blobs');
  const files = (await readdir(blobs, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = files.map((file) => relative(blobs, join(file.parentPath, file.name))).filter((path) => path !== '~lock');
  return new Set(paths.map((path) => path.replace(/^(media|uploads)\/\w+\/(\w+)\/.*$/, '$1 $2')));
}

type Session = Record<string, string>;
type Video = {
  status: string | { ready: unknown } | { failed: { message: string } } | { processing: unknown };
  versions: { file_name: string; version: string; fate: string }[];
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

const status = (server: Server, session: Session, course: string, lesson: string) =>
  ask<Video>(server, session, 'videos/status', course, lesson);

async function ask<T>(server: Server, session: Session, what: string, course: string, lesson: string): Promise<T> {
  const answer = await fetch(`${server.url}/api/${what}?course=${course}&lesson=${lesson}`, { headers: session });
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
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
