// MediaConvert on this machine, as far as Stoa asks of it: it converts with ffmpeg what a job names, writes it to the bucket
// under the names that MediaConvert gives (user guide, "Output file names and paths"), and tells how it goes as EventBridge
// delivers it ("EventBridge events").
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../films.ts';
import { type Account, region } from './account.ts';

type Fraction = { numerator: number; denominator: number };
type Output = {
  nameModifier?: string;
  videoDescription?: {
    width: number;
    height: number;
    codecSettings: {
      h264Settings?: { framerateNumerator: number; framerateDenominator: number; gopSize: number; maxBitrate: number };
      frameCaptureSettings?: { framerateNumerator: number; framerateDenominator: number; maxCaptures: number };
    };
  };
  audioDescriptions?: { codecSettings: { aacSettings: { bitrate: number; codingMode: string; sampleRate: number } } }[];
};
type Group = {
  outputGroupSettings: {
    type: 'CMAF_GROUP_SETTINGS' | 'FILE_GROUP_SETTINGS';
    cmafGroupSettings?: { destination: string; segmentLength: number };
    fileGroupSettings?: { destination: string };
  };
  outputs: Output[];
};
type Request = {
  clientRequestToken: string;
  role: string;
  userMetadata: Record<string, string>;
  settings: { inputs: { fileInput: string }[]; outputGroups: Group[] };
};
type Job = Request & {
  id: string;
  arn: string;
  status: 'SUBMITTED' | 'PROGRESSING' | 'COMPLETE' | 'ERROR' | 'CANCELED';
  jobPercentComplete: number;
  errorCode?: number;
  errorMessage?: string;
};

export class MediaConvert {
  /** All that were asked for. */
  readonly jobs: Job[] = [];
  /** All that was told. */
  readonly events: object[] = [];
  private readonly running: Promise<void>[] = [];
  private gate = Promise.resolve();
  private failure?: { code: number; message: string };
  private server?: Server;

  constructor(private readonly account: Account) {}

  /** Its address. */
  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      this.answer(request).then(
        ({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
        (error: Error) => response.writeHead(500).end(JSON.stringify({ message: error.message })),
      );
    });
    await new Promise<void>((listening) => this.server?.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await Promise.all(this.running);
    this.server?.close();
  }

  /** Goes no further than to the middle of a job, until it is let. */
  hold(): () => void {
    let release = () => {};
    this.gate = new Promise((open) => (release = open));
    return release;
  }

  /** Lets the next job fail like this. */
  failNext(code: number, message: string): void {
    this.failure = { code, message };
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length > 0 ? Buffer.concat(chunks).toString() : '{}';
    const [, , what, id] = (request.url ?? '').split('/');
    const job = this.jobs.find((job) => job.id === id);
    switch (`${request.method} ${what}`) {
      case 'POST probe':
        return { status: 200, body: await this.probe(JSON.parse(body)) };
      case 'POST jobs':
        return { status: 201, body: { job: this.create(JSON.parse(body)) } };
      case 'GET jobs':
        return job ? { status: 200, body: { job } } : { status: 404, body: { message: 'no such job' } };
      case 'DELETE jobs':
        if (job) job.status = 'CANCELED';
        return { status: 202, body: {} };
      default:
        return { status: 400, body: { message: `${request.method} ${request.url}` } };
    }
  }

  /** The same token names the same job. */
  private create(request: Request): Job {
    const known = this.jobs.find((job) => job.clientRequestToken === request.clientRequestToken);
    if (known) return known;
    const id = `${Date.now()}-${randomUUID().slice(0, 6)}`;
    const arn = `arn:aws:mediaconvert:${region}:000000000000:jobs/${id}`;
    const job: Job = { ...request, id, arn, status: 'SUBMITTED', jobPercentComplete: 0 };
    this.jobs.push(job);
    this.running.push(this.work(job));
    return job;
  }

  private async work(job: Job): Promise<void> {
    const failure = this.failure;
    this.failure = undefined;
    const folder = await mkdtemp(join(tmpdir(), 'stoa-mediaconvert-'));
    try {
      job.status = 'PROGRESSING';
      await this.tell(job);
      if (failure) throw Object.assign(new Error(failure.message), { code: failure.code });
      const source = join(folder, 'source');
      await writeFile(source, await this.account.read(job.settings.inputs[0]?.fileInput ?? ''));
      const groups = job.settings.outputGroups;
      for (const [done, group] of groups.entries()) {
        if (done === Math.floor(groups.length / 2)) await this.gate;
        if (this.isOver(job)) return await this.tell(job);
        await this.make(group, source, join(folder, String(done)));
        job.jobPercentComplete = Math.floor((100 * (done + 1)) / groups.length);
        await this.tell(job);
      }
      job.status = 'COMPLETE';
    } catch (error) {
      const { message, code } = error as Error & { code?: number };
      Object.assign(job, { status: 'ERROR', errorCode: code ?? 1999, errorMessage: message });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    await this.tell(job);
  }

  private isOver(job: Job): boolean {
    return job.status === 'CANCELED';
  }

  private async make({ outputGroupSettings, outputs }: Group, source: string, folder: string): Promise<void> {
    const { cmafGroupSettings: cmaf, fileGroupSettings: file } = outputGroupSettings;
    const output = outputs[0] ?? {};
    const destination = cmaf?.destination ?? file?.destination ?? '';
    const [place, base] = [destination.slice(0, destination.lastIndexOf('/')), destination.slice(destination.lastIndexOf('/') + 1)];
    const name = `${base}${output.nameModifier ?? ''}`;
    await run('mkdir', [folder]);
    const encode = cmaf ? [...stream(output), ...segments(name, cmaf.segmentLength, output)] : frames(name, output);
    await run('ffmpeg', ['-v', 'error', '-i', source, ...encode], { cwd: folder });
    for (const made of await readdir(folder)) await this.account.write(`${place}/${made}`, await readFile(join(folder, made)));
    // The multivariant playlist of the group comes last.
    if (cmaf) await this.account.write(`${place}/${base}.m3u8`, Buffer.from(`#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${name}.m3u8\n`));
  }

  private async tell(job: Job): Promise<void> {
    const status = job.status === 'PROGRESSING' && job.jobPercentComplete > 0 ? 'STATUS_UPDATE' : job.status;
    const { id: jobId, userMetadata, jobPercentComplete, errorCode, errorMessage } = job;
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': 'MediaConvert Job State Change',
      source: 'aws.mediaconvert',
      account: '000000000000',
      time: new Date().toISOString(),
      region,
      resources: [job.arn],
      detail: { timestamp: Date.now(), jobId, status, userMetadata, jobProgress: { jobPercentComplete }, errorCode, errorMessage },
    };
    this.events.push(event);
    await this.account.deliver(event);
  }

  private async probe({ inputFiles }: { inputFiles: { fileUrl: string }[] }): Promise<object> {
    const folder = await mkdtemp(join(tmpdir(), 'stoa-probe-'));
    try {
      const source = join(folder, 'source');
      await writeFile(source, await this.account.read(inputFiles[0]?.fileUrl ?? ''));
      const { stdout } = await run('ffprobe', ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', source]);
      const { format, streams } = JSON.parse(stdout) as {
        format: { duration: string };
        streams: { codec_type: string; codec_name: string; width?: number; height?: number; r_frame_rate: string; channels?: number }[];
      };
      const tracks = streams.map(({ codec_type, codec_name, width, height, r_frame_rate, channels }, at) => ({
        index: at + 1,
        codec: codec_name.toUpperCase(),
        trackType: codec_type,
        ...(codec_type === 'video' ? { videoProperties: { width, height, frameRate: fraction(r_frame_rate) } } : { audioProperties: { channels } }),
      }));
      return { probeResults: [{ container: { format: 'mp4', duration: Number(format.duration), tracks } }] };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function fraction(text: string): Fraction {
  const [numerator = 0, denominator = 1] = text.split('/').map(Number);
  return { numerator, denominator };
}

/** How ffmpeg encodes the one stream of an output. */
function stream({ videoDescription: video, audioDescriptions: audio }: Output): string[] {
  const h264 = video?.codecSettings.h264Settings;
  if (video && h264) {
    const keys = ['-g', String(h264.gopSize), '-keyint_min', String(h264.gopSize), '-sc_threshold', '0'];
    const rate = ['-r', `${h264.framerateNumerator}/${h264.framerateDenominator}`];
    const size = ['-vf', `scale=${video.width}:${video.height},setsar=1`];
    const bits = ['-maxrate', String(h264.maxBitrate), '-bufsize', String(h264.maxBitrate * 2)];
    return ['-map', '0:v:0', ...size, ...rate, '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-profile:v', 'high', ...keys, ...bits];
  }
  const aac = audio?.[0]?.codecSettings.aacSettings;
  if (!aac) throw new Error('an output without a picture and without sound');
  const channels = aac.codingMode === 'CODING_MODE_1_0' ? '1' : '2';
  return ['-map', '0:a:0', '-c:a', 'aac', '-b:a', String(aac.bitrate), '-ar', String(aac.sampleRate), '-ac', channels];
}

function segments(name: string, seconds: number, output: Output): string[] {
  const ending = output.videoDescription ? 'cmfv' : 'cmfa';
  const cmaf = ['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', `${name}init.${ending}`];
  const files = ['-hls_segment_filename', `${name}_%09d.${ending}`, '-start_number', '1', `${name}.m3u8`];
  return ['-f', 'hls', '-hls_time', String(seconds), '-hls_playlist_type', 'vod', ...cmaf, ...files];
}

/** Pictures, as many as are asked for. */
function frames(name: string, { videoDescription: video }: Output): string[] {
  const capture = video?.codecSettings.frameCaptureSettings;
  if (!video || !capture) throw new Error('an output of files that is no frame capture');
  const every = `fps=${capture.framerateNumerator}/${capture.framerateDenominator},scale=${video.width}:${video.height}`;
  return ['-vf', every, '-frames:v', String(capture.maxCaptures), '-start_number', '0', '-f', 'image2', `${name}.%07d.jpg`];
}
