// A hub on this machine that serves one model, the way the Hugging Face hub does.

import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendAndBreakOff, type BreakOff } from './breakOff';

export const FAKE_REPO = 'some/model';

/** Files by name. */
type Content = Map<string, Buffer>;

/** What a test may change while the hub runs. */
export interface FakeHub {
  readonly url: string;
  /** of the first revision */
  readonly content: Content;
  /** contents by branch, tag or ref; each is a commit, another one when anything in it changes */
  readonly revisions: Map<string, Content>;
  /** how the transfer of a file that is longer breaks off */
  breakOff: BreakOff | undefined;
  /** the access token it asks for */
  token: string | undefined;
  /** sends another last byte than announced of files whose names end in `spoilEnding` */
  spoil: boolean;
  spoilEnding: string;
  /** transfers so far */
  requests: { readonly url: string; readonly range: string | undefined }[];
  close(): void;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @param revision under which the files are */
export async function startFakeHub(content: Content, revision: string): Promise<FakeHub> {
  const server = http.createServer((request, response) => answer(hub, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hub: FakeHub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    content,
    revisions: new Map([[revision, content]]),
    breakOff: undefined,
    token: undefined,
    spoil: false,
    spoilEnding: 'safetensors',
    requests: [],
    close: () => server.close(),
  };
  return hub;
}

function answer(hub: FakeHub, request: http.IncomingMessage, response: http.ServerResponse): void {
  const url = decodeURIComponent(request.url ?? '');
  if (hub.token !== undefined && request.headers.authorization !== `Bearer ${hub.token}`) {
    response.writeHead(401).end('{"error":"no access"}');
    return;
  }
  const asked = new RegExp(`^/api/models/${FAKE_REPO}/revision/([^?]+)`).exec(url)?.[1];
  const listed = new RegExp(`^/api/models/${FAKE_REPO}/tree/([^?]+)`).exec(url)?.[1];
  const described = asked === undefined ? undefined : contentAt(hub, asked);
  const tree = listed === undefined ? undefined : contentAt(hub, listed);
  const json = described === undefined ? tree && listing(tree) : { sha: commitOf(described) };
  if (json !== undefined) {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(json));
    return;
  }
  const [, commit = '', path = ''] =
    new RegExp(`^/${FAKE_REPO}/resolve/(.+)/([^/]+)$`).exec(url) ?? [];
  const bytes = contentAt(hub, commit)?.get(path);
  if (bytes === undefined) {
    response.writeHead(404).end();
    return;
  }
  sendFile(hub, url, bytes, request.headers.range, response);
}

function sendFile(
  hub: FakeHub,
  url: string,
  bytes: Buffer,
  range: string | undefined,
  response: http.ServerResponse,
): void {
  const [, from = '0', to = ''] = /bytes=(\d+)-(\d*)/.exec(range ?? '') ?? [];
  const end = to === '' ? bytes.length : Number(to) + 1;
  if (range !== 'bytes=0-0') {
    hub.requests.push({ url, range });
  }
  response.writeHead(range === undefined ? 200 : 206, {
    etag: '"x"',
    'content-length': end - Number(from),
    'content-range': `bytes ${from}-${end - 1}/${bytes.length}`,
  });
  const body = Buffer.from(bytes.subarray(Number(from), end));
  if (hub.spoil && url.endsWith(hub.spoilEnding)) {
    const last = body.length - 1;
    body[last] = (body[last] ?? 0) ^ 1;
  }
  if (hub.breakOff !== undefined && body.length > hub.breakOff.afterBytes) {
    sendAndBreakOff(response, body, Number(from), hub.breakOff);
  } else {
    response.end(body);
  }
}

/** A file is found under the name of a revision and under its commit. */
function contentAt({ revisions }: FakeHub, revision: string): Content | undefined {
  const byCommit = [...revisions.values()].find((content) => commitOf(content) === revision);
  return revisions.get(revision) ?? byCommit;
}

function commitOf(content: Content): string {
  const tree = [...content].map(([name, bytes]) => `${name} ${blobId(bytes)}`).sort();
  return createHash('sha1').update(tree.join('\n')).digest('hex');
}

/** As git names the content of a file. */
function blobId(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** The model's files, and some that must not be fetched. */
function listing(content: Content): unknown {
  const others = ['README.md', 'sub/model.safetensors', 'training_args.bin', '../evil.safetensors'];
  return [
    ...[...content].map(([path, bytes]) => ({
      type: 'file',
      path,
      size: bytes.length,
      oid: blobId(bytes),
      ...(path.endsWith('.json') ? {} : { lfs: { oid: sha256(bytes), size: bytes.length } }),
    })),
    ...others.map((path) => ({ type: 'file', path, size: 5, oid: blobId(Buffer.from('other')) })),
  ];
}
