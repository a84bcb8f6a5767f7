// AWS on this machine: ministack on a free port of the loopback interface, which holds requests against their signatures,
// against policies and against the bucket's CORS rules, as AWS does.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { freePort, until } from '../server.ts';

const infrastructure = resolve(import.meta.dirname, '../../infra/aws');

export const region = 'us-east-1';
const id = '000000000000';
const bucket = 'stoa-media';
const prefix = 'stoa/';
const queues = ['conversions', 'jobs', 'mail', 'events'];

type Keys = { accessKeyId: string; secretAccessKey: string };
type Service = 's3' | 'sqs' | 'sns' | 'iam' | 'sts' | 'events' | 'cognito-idp';

/** An account with all that docs/aws.md has an operator make. */
export class Account {
  private constructor(
    readonly endpoint: string,
    private readonly shell: ChildProcess,
    /** The keys of the server, which may do what infra/aws/server-policy.json allows. */
    public server: Keys,
    private readonly owner: AwsClient,
  ) {}

  /** Who takes on the role of MediaConvert. */
  private converter = this.owner;
  private pool = '';
  private app: { ClientId: string; ClientSecret: string } = { ClientId: '', ClientSecret: '' };

  /** Starts it; `site` is the origin of the pages that upload. */
  static async start(site: string): Promise<Account> {
    const port = await freePort();
    const keys = { accessKeyId: 'test', secretAccessKey: 'test' };
    // It ends with its standard input, however we end.
    const shell = spawn('sh', ['-c', 'ministack >/dev/null 2>&1 </dev/null & read -r _; kill $!; wait $!'], {
      env: {
        ...process.env,
        AUTH: 'true',
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        IOT_MTLS_ENABLED: '0',
        SFTP_ENABLED: '0',
        LOG_LEVEL: 'WARNING',
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      },
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    const endpoint = `http://127.0.0.1:${port}`;
    await until(() =>
      fetch(`${endpoint}/_ministack/health`).then(
        (answer) => answer.ok,
        () => false,
      ),
    );
    const account = new Account(endpoint, shell, keys, new AwsClient({ ...keys, region }));
    await account.prepare(site);
    return account;
  }

  stop(): void {
    this.shell.stdin?.end();
  }

  /** What a server is told whose people are in the user pool, and nothing else. */
  get people(): Record<string, string> {
    return {
      ...this.keys,
      STOA_AWS__COGNITO__ENDPOINT: this.endpoint,
      STOA_AWS__COGNITO__POOL: this.pool,
      STOA_AWS__COGNITO__CLIENT: this.app.ClientId,
      STOA_AWS__COGNITO__SECRET: this.app.ClientSecret,
      STOA_AWS__COGNITO__HOSTED__DOMAIN: this.endpoint,
    };
  }

  private get keys(): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: this.server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.server.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      STOA_AWS__REGION: region,
    };
  }

  /** What a server is told of all the rest. */
  get settings(): Record<string, string> {
    return {
      ...this.keys,
      STOA_AWS__ENDPOINT: this.endpoint,
      STOA_AWS__BUCKET: bucket,
      STOA_AWS__PREFIX: prefix,
      STOA_AWS__PATH_STYLE: 'true',
      STOA_AWS__QUEUES: this.queue(''),
      STOA_AWS__EVENT_BUS: 'default',
      STOA_AWS__TOPIC: `arn:aws:sns:${region}:${id}:stoa-operators`,
      STOA_AWS__MEDIACONVERT__ROLE: `arn:aws:iam::${id}:role/stoa-mediaconvert`,
    };
  }

  /** The groups of somebody in the pool. */
  async groups(email: string): Promise<string[]> {
    const answer = await this.cognito('AdminListGroupsForUser', { UserPoolId: this.pool, Username: email });
    const { Groups } = answer as { Groups: { GroupName: string }[] };
    return Groups.map(({ GroupName }) => GroupName);
  }

  /** What EventBridge does where a rule fits. */
  async deliver(event: object): Promise<void> {
    await this.json('sqs', 'AmazonSQS.SendMessage', { QueueUrl: this.queue('events'), MessageBody: JSON.stringify(event) });
  }

  /** Whether all that was told was heard, and the work that it made is done. */
  async hasDoneAll(): Promise<boolean> {
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'];
    const empty = async (queue: string) => {
      const request = { QueueUrl: this.queue(queue), AttributeNames: names };
      const answer = await this.json('sqs', 'AmazonSQS.GetQueueAttributes', request);
      const { Attributes } = (await answer.json()) as { Attributes: Record<string, string> };
      return names.every((name) => Attributes[name] === '0');
    };
    return (await Promise.all(queues.map(empty))).every(Boolean);
  }

  /** What operators were told so far, and what happened at the bus: the subjects and the kinds. */
  async told(): Promise<string[]> {
    const request = { QueueUrl: this.queue('operators'), MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
    const answer = (await (await this.json('sqs', 'AmazonSQS.ReceiveMessage', request)).json()) as { Messages?: { Body: string }[] };
    return (answer.Messages ?? []).map(({ Body }) => {
      const told = JSON.parse(Body) as { Subject?: string; 'detail-type': string };
      return told.Subject ?? told['detail-type'];
    });
  }

  /** An object's bytes, by its `s3://` address, as MediaConvert reads them. */
  async read(uri: string): Promise<Buffer> {
    return Buffer.from(await (await this.ask('s3', 'GET', this.path(uri), undefined, {}, this.converter)).arrayBuffer());
  }

  /** What MediaConvert writes. */
  async write(uri: string, bytes: Buffer): Promise<void> {
    await this.ask('s3', 'PUT', this.path(uri), bytes, {}, this.converter);
  }

  /** The keys of what is below a prefix. */
  async list(below: string): Promise<string[]> {
    const text = await (await this.ask('s3', 'GET', `/${bucket}?list-type=2&prefix=${encodeURIComponent(prefix + below)}`)).text();
    return [...text.matchAll(/<Key>([^<]+)<\/Key>/g)].map((found) => found[1] as string);
  }

  /** Makes objects of all uploads whose parts are there, as the server does, and tells how many. */
  async complete(): Promise<number> {
    const uploads = await (await this.ask('s3', 'GET', `/${bucket}?uploads`)).text();
    const found = [...uploads.matchAll(/<Key>([^<]+)<\/Key>\s*<UploadId>([^<]+)<\/UploadId>/g)];
    for (const [, key, upload] of found) {
      const parts = await (await this.ask('s3', 'GET', `/${bucket}/${key}?uploadId=${upload}`)).text();
      const number = /<PartNumber>(\d+)<\/PartNumber>/;
      const named = [...parts.matchAll(/<Part>.*?<\/Part>/gs)].map(([part]) => {
        const etag = /<ETag>[^<]+<\/ETag>/.exec(part)?.[0] ?? '';
        const sum = /<ChecksumSHA256>[^<]+<\/ChecksumSHA256>/.exec(part)?.[0] ?? '';
        return `<Part>${number.exec(part)?.[0]}${etag}${sum}</Part>`;
      });
      const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${named.join('')}</CompleteMultipartUpload>`;
      await this.ask('s3', 'POST', `/${bucket}/${key}?uploadId=${upload}`, body);
    }
    return found.length;
  }

  private async prepare(site: string): Promise<void> {
    await this.ask('s3', 'PUT', `/${bucket}`);
    await this.ask('s3', 'PUT', `/${bucket}?cors`, corsXml(JSON.parse(await this.document('cors', site))));
    const { Rules } = JSON.parse(await this.document('lifecycle')) as { Rules: object[] };
    await this.ask('s3', 'PUT', `/${bucket}?lifecycle`, xml('LifecycleConfiguration', { Rule: Rules }));
    await this.ask('s3', 'PUT', `/${bucket}?notification`, '<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>');
    for (const name of queues) {
      const Attributes = name === 'events' ? { Policy: await this.document('events-queue-policy') } : {};
      await this.json('sqs', 'AmazonSQS.CreateQueue', { QueueName: `stoa-${name}`, Attributes });
      await this.json('sqs', 'AmazonSQS.CreateQueue', { QueueName: `stoa-${name}-dead` });
    }
    for (const name of ['uploads', 'jobs']) {
      const Name = `stoa-${name}`;
      await this.json('events', 'AWSEvents.PutRule', { Name, EventPattern: await this.document(`rule-${name}`) });
      await this.json('events', 'AWSEvents.PutTargets', { Rule: Name, Targets: [{ Id: 'stoa', Arn: `arn:aws:sqs:${region}:${id}:stoa-events` }] });
    }
    // An operator who reads a queue, and listens there to what happens.
    const Service = ['sns.amazonaws.com', 'events.amazonaws.com'];
    const open = { Effect: 'Allow', Principal: { Service }, Action: 'sqs:SendMessage', Resource: '*' };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [open] });
    await this.json('sqs', 'AmazonSQS.CreateQueue', { QueueName: 'stoa-operators', Attributes: { Policy } });
    await this.json('events', 'AWSEvents.PutRule', { Name: 'operators', EventPattern: '{"source":["stoa"]}' });
    await this.json('events', 'AWSEvents.PutTargets', { Rule: 'operators', Targets: [{ Id: 'queue', Arn: `arn:aws:sqs:${region}:${id}:stoa-operators` }] });
    await this.query('sns', { Action: 'CreateTopic', Name: 'stoa-operators' });
    const TopicArn = `arn:aws:sns:${region}:${id}:stoa-operators`;
    await this.query('sns', { Action: 'Subscribe', TopicArn, Protocol: 'sqs', Endpoint: `arn:aws:sqs:${region}:${id}:stoa-operators` });
    const role = { RoleName: 'stoa-mediaconvert', AssumeRolePolicyDocument: await this.document('mediaconvert-trust') };
    await this.query('iam', { Action: 'CreateRole', ...role });
    const converts = { PolicyName: 'bucket', PolicyDocument: await this.document('mediaconvert-policy') };
    await this.query('iam', { Action: 'PutRolePolicy', RoleName: 'stoa-mediaconvert', ...converts });
    const taken = { RoleArn: `arn:aws:iam::${id}:role/stoa-mediaconvert`, RoleSessionName: 'mediaconvert' };
    const assumed = await (await this.query('sts', { Action: 'AssumeRole', Version: '2011-06-15', ...taken })).text();
    this.converter = new AwsClient({
      accessKeyId: value(assumed, 'AccessKeyId'),
      secretAccessKey: value(assumed, 'SecretAccessKey'),
      sessionToken: value(assumed, 'SessionToken'),
      region,
    });
    await this.prepareUserPool(site);
    await this.query('iam', { Action: 'CreateUser', UserName: 'stoa' });
    const policy = { PolicyName: 'stoa', PolicyDocument: await this.document('server-policy') };
    await this.query('iam', { Action: 'PutUserPolicy', UserName: 'stoa', ...policy });
    const made = await (await this.query('iam', { Action: 'CreateAccessKey', UserName: 'stoa' })).text();
    this.server = { accessKeyId: value(made, 'AccessKeyId'), secretAccessKey: value(made, 'SecretAccessKey') };
  }

  private async prepareUserPool(site: string): Promise<void> {
    const made = await this.cognito('CreateUserPool', JSON.parse(await this.document('user-pool')));
    this.pool = (made as { UserPool: { Id: string } }).UserPool.Id;
    await this.cognito('SetUserPoolMfaConfig', JSON.parse(await this.document('user-pool-mfa')));
    for (const GroupName of ['instructors', 'support', 'admins']) {
      await this.cognito('CreateGroup', { UserPoolId: this.pool, GroupName });
    }
    const client = JSON.parse(await this.document('user-pool-client-with-pages', site));
    const app = (await this.cognito('CreateUserPoolClient', client)) as { UserPoolClient: typeof this.app };
    this.app = app.UserPoolClient;
  }

  private async cognito(action: string, request: object): Promise<object> {
    const answer = await this.json('cognito-idp', `AWSCognitoIdentityProviderService.${action}`, request);
    return (await answer.json()) as object;
  }

  /** A document of infra/aws, for this account. */
  private async document(name: string, site = ''): Promise<string> {
    const text = await readFile(join(infrastructure, `${name}.json`), 'utf8');
    const ours = { BUCKET: bucket, PREFIX: prefix, REGION: region, ACCOUNT: id, SITE: site, POOL: this.pool };
    return Object.entries(ours).reduce((text, [word, value]) => text.replaceAll(word, value), text);
  }

  private queue(name: string): string {
    return `${this.endpoint}/${id}/stoa-${name}`;
  }

  private path(uri: string): string {
    return uri.replace('s3:/', '');
  }

  private json(service: Service, target: string, request: object): Promise<Response> {
    const headers = { 'x-amz-target': target, 'content-type': `application/x-amz-json-${service === 'sqs' ? '1.0' : '1.1'}` };
    return this.ask(service, 'POST', '/', JSON.stringify(request), headers);
  }

  private query(service: Service, request: Record<string, string>): Promise<Response> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.ask(service, 'POST', '/', new URLSearchParams(request).toString(), headers);
  }

  private async ask(
    service: Service,
    method: string,
    path: string,
    body?: Buffer | string,
    headers = {},
    who = this.owner,
  ): Promise<Response> {
    const answer = await who.fetch(this.endpoint + path, { method, body, headers, aws: { service, region } });
    if (!answer.ok) throw new Error(`${service} ${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}

/** What an element of an answer holds. */
function value(answer: string, name: string): string {
  return new RegExp(`<${name}>([^<]+)</${name}>`).exec(answer)?.[1] ?? '';
}

/** A document as S3's own protocol has it. */
function xml(name: string, content: unknown): string {
  if (Array.isArray(content)) return content.map((one) => xml(name, one)).join('');
  const inner = content instanceof Object ? Object.entries(content).map(([name, value]) => xml(name, value)) : [String(content)];
  return `<${name}>${inner.join('')}</${name}>`;
}

/** CORS rules as S3's own protocol has them. */
function corsXml({ CORSRules }: { CORSRules: Record<string, string[] | number>[] }): string {
  const singular = (name: string) => name.replace(/s$/, '').replace('MaxAgeSecond', 'MaxAgeSeconds');
  const rules = CORSRules.map((rule) =>
    Object.entries(rule).flatMap(([name, values]) => [values].flat().map((value) => `<${singular(name)}>${value}</${singular(name)}>`)),
  );
  return `<CORSConfiguration>${rules.map((rule) => `<CORSRule>${rule.join('')}</CORSRule>`).join('')}</CORSConfiguration>`;
}
