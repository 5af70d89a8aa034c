// A hub on this machine that serves one checkpoint, the way the Hugging Face hub does.

import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export const FAKE_REPO = 'some/model';

/** What a test may change while the hub runs. */
export interface FakeHub {
  readonly url: string;
  readonly content: Map<string, Buffer>;
  /** ends a transfer after so many bytes */
  breakAfter: number;
  /** the access token it asks for */
  token: string | undefined;
  /** sends another last byte of the weights than announced */
  spoil: boolean;
  /** transfers so far */
  requests: { readonly url: string; readonly range: string | undefined }[];
  close(): void;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @param revision under which the files are */
export async function startFakeHub(
  content: Map<string, Buffer>,
  revision: string,
): Promise<FakeHub> {
  const server = http.createServer((request, response) => answer(hub, revision, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hub: FakeHub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    content,
    breakAfter: Infinity,
    token: undefined,
    spoil: false,
    requests: [],
    close: () => server.close(),
  };
  return hub;
}

function answer(
  hub: FakeHub,
  revision: string,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const url = decodeURIComponent(request.url ?? '');
  if (hub.token !== undefined && request.headers.authorization !== `Bearer ${hub.token}`) {
    response.writeHead(401).end('{"error":"no access"}');
    return;
  }
  if (url.startsWith(`/api/models/${FAKE_REPO}/tree/${revision}`)) {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(listing(hub.content)));
    return;
  }
  const bytes = hub.content.get(url.replace(`/${FAKE_REPO}/resolve/${revision}/`, ''));
  if (bytes === undefined) {
    response.writeHead(404).end();
    return;
  }
  const { range } = request.headers;
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
  if (hub.spoil && url.endsWith('safetensors')) {
    body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
  }
  if (body.length > hub.breakAfter) {
    response.write(body.subarray(0, hub.breakAfter), () => {
      setTimeout(() => response.destroy(), 50);
    });
  } else {
    response.end(body);
  }
}

/** The checkpoint's files, and some that must not be fetched. */
function listing(content: ReadonlyMap<string, Buffer>): unknown {
  const others = ['README.md', 'sub/model.safetensors', 'training_args.bin', '../evil.safetensors'];
  return [
    ...[...content].map(([path, bytes]) => ({
      type: 'file',
      path,
      size: bytes.length,
      oid: 'x',
      ...(path.endsWith('.json') ? {} : { lfs: { oid: sha256(bytes), size: bytes.length } }),
    })),
    ...others.map((path) => ({ type: 'file', path, size: 5, oid: 'x' })),
  ];
}
