import { gzipSync } from 'node:zlib';
import { archiveOf } from '../../../../src/collect/api/canary/archive';
import {
  readArchives,
  type Download,
  type ReadArchives,
} from '../../../../src/collect/api/contents/archives';
import type { Ask } from '../../../../src/collect/api/contents/read-list';
import type { PlacedSighting } from '../../../../src/collect/log-secrets/lines';
import { failure, type HttpAnswered } from '../../../../src/protocol/http';

function answer(
  status: number,
  body: Uint8Array = Buffer.alloc(0),
  parts: Partial<HttpAnswered> = {},
): HttpAnswered {
  return {
    kind: 'answer',
    status,
    statusText: '',
    httpVersion: '1.1',
    headers: [],
    body: Buffer.from(body),
    bodyBytes: body.length,
    bodySha256: '',
    complete: true,
    ...parts,
  };
}

type Served = Readonly<Record<string, Uint8Array | HttpAnswered | ReturnType<typeof failure>>>;

/** Reads archives of blueprints (and, where some are named so, of plugins) from a manager that serves these. */
async function read(
  served: Served,
  bounds = { blueprints: 5, plugins: 0, bytes: 1024 * 1024 },
): Promise<ReadArchives & { readonly found: readonly PlacedSighting[]; readonly asked: readonly string[] }> {
  const found: PlacedSighting[] = [];
  const asked: string[] = [];
  const idsOf = (kind: string): string[] =>
    Object.keys(served)
      .filter((key) => key.startsWith(`${kind}/`))
      .map((key) => key.slice(kind.length + 1));
  const ask: Ask = (path) => {
    asked.push(path);
    const ids = idsOf(/v3\.1\/(\w+)\?/.exec(path)?.[1] ?? '');
    const items = ids.map((id) => ({ id }));
    return Promise.resolve(
      answer(200, Buffer.from(JSON.stringify({ items, metadata: { pagination: { total: ids.length } } }))),
    );
  };
  const download: Download = async (path, stream) => {
    asked.push(path);
    const [, kind = '', id = ''] = /v3\.1\/(\w+)\/(.*)\/archive$/.exec(path) ?? [];
    const what = served[`${kind}/${decodeURIComponent(id)}`] ?? answer(404);
    if (!(what instanceof Uint8Array)) return what;
    for (let at = 0; at < what.length; at += 700) await stream(what.subarray(at, at + 700));
    return answer(200, Buffer.alloc(0), { bodyBytes: what.length });
  };
  const means = { tenant: 'tenant_a', bounds, known: [], ask, download, aborted: () => false };
  return { ...(await readArchives({ ...means, found: (one) => void found.push(one) })), found, asked };
}

const leaky = archiveOf('web', 'install.sh', 'mysql -u root --password=Zq71-xxk! crm\n');
const clean = archiveOf('web', 'blueprint.yaml', 'password: { get_secret: db_password }\n');

test.each([
  ['tar', leaky],
  ['tar.gz', gzipSync(leaky)],
])('a credential in a %s is found, at its file', async (_name, bytes) => {
  const { found, lists } = await read({ 'blueprints/web': bytes, 'blueprints/db': gzipSync(clean) });
  expect(new Set(found.map(({ place }) => place))).toEqual(
    new Set(['blueprint tenant_a/web: web/install.sh']),
  );
  expect(found[0]).toMatchObject({ confidence: 'high', isKey: false });
  expect(lists).toEqual([
    { path: '/api/v3.1/blueprints/{blueprint_id}/archive', total: 2, read: 2, complete: true, reason: null },
  ]);
});

test('plugins are read where they are asked for, and no more of either than is asked for', async () => {
  const served = { 'blueprints/a': clean, 'blueprints/b': clean, 'plugins/p': leaky };
  const { found, lists, asked } = await read(served, { blueprints: 1, plugins: 1, bytes: 1024 });
  expect(found.map(({ place }) => place)).toContain('plugin tenant_a/p: web/install.sh');
  expect(lists.map(({ read: count, complete, reason }) => ({ count, complete, reason }))).toEqual([
    { count: 1, complete: false, reason: 'those of the newest 1 were read' },
    { count: 1, complete: true, reason: null },
  ]);
  expect(asked).toHaveLength(4);
});

test.each<[string, Served, string]>([
  ['refused', { 'blueprints/web': answer(403) }, 'web the manager answered 403'],
  [
    'cut off by the network',
    { 'blueprints/web': failure('reset', 'connection reset') },
    'web connection reset',
  ],
  [
    'too long',
    { 'blueprints/web': answer(200, undefined, { complete: false }) },
    'web is longer than the 1 MiB that are read',
  ],
  [
    'sent in another coding',
    { 'blueprints/web': answer(200, undefined, { headers: [['Content-Encoding', 'br']] }) },
    'web was sent in a coding that was not asked for',
  ],
  [
    'cut off within',
    { 'blueprints/web': gzipSync(leaky).subarray(0, 60) },
    'web the compressed data ends too early',
  ],
  ['of none', { 'blueprints/web': answer(404) }, 'the manager has none of any'],
])('an archive that is %s leaves the list incomplete, and says why', async (_name, served, reason) => {
  const { lists } = await read(served);
  expect(lists).toMatchObject([{ read: 0, complete: false }]);
  expect(lists[0]?.reason).toContain(reason);
});

test('one that is gone since it was listed is passed over', async () => {
  const { lists } = await read({ 'blueprints/web': clean, 'blueprints/old': answer(404) });
  expect(lists).toMatchObject([{ total: 2, read: 1, complete: true, reason: null }]);
});
