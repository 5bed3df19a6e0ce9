import { bits, oid, sequence } from '../../fixtures/pki/der-writer';
import type { Issued } from '../../fixtures/pki/write-certificate';
import { issueCa, issueLeaf, keyOf, now, day } from '../protocol/x509/chain';
import { judgePresented, outcomeOf, type Declared, type Presented } from './presented';

const root = issueCa('root');
const twin = issueCa('root', undefined, { key: keyOf('twin') });
const intermediate = issueCa('intermediate', root);
const leaf = issueLeaf(root);
const otherLeaf = issueLeaf(root, { key: keyOf('broker') });

const manager = (...chain: Presented['chain']): Presented => ({ chain });
const broker = (...chain: Presented['chain']): Presented => ({ chain, node: 'broker-1', service: 'amqp' });
const ends = (listeners: readonly Presented[], declared: Declared, rule: string, subject?: string): string =>
  outcomeOf(judgePresented(listeners, declared), rule, subject);

describe('one CA for all nodes (CRT-03)', () => {
  it('is proven by the declared CA', () => {
    expect(ends([manager(leaf), broker(otherLeaf)], { internal: [root] }, 'CRT-03')).toBe('pass');
  });

  it('is not proven by one name', () => {
    expect(ends([manager(leaf), broker(otherLeaf)], {}, 'CRT-03')).toBe('unknown');
  });

  it('is proven by a root that was sent and has signed, without a declared one', () => {
    expect(ends([manager(leaf, root), broker(otherLeaf, root)], {}, 'CRT-03')).toBe('pass');
    expect(ends([manager(leaf, twin), broker(otherLeaf, twin)], {}, 'CRT-03')).toBe('unknown');
  });

  it('fails where the CA of one node has the name of the declared one and another key', () => {
    const stranger = issueLeaf(twin, { key: keyOf('broker') });
    expect(ends([manager(leaf), broker(stranger)], { internal: [root] }, 'CRT-03')).toBe('fail');
  });

  it('fails where nodes lead to two declared CAs, and does not where one of these has signed the other', () => {
    const other = issueCa('other');
    const listeners = [manager(leaf), broker(issueLeaf(other))];
    expect(ends(listeners, { internal: [root, other] }, 'CRT-03')).toBe('fail');
    const below = [manager(leaf), broker(issueLeaf(intermediate, { key: keyOf('broker') }))];
    expect(ends(below, { internal: [root, intermediate] }, 'CRT-03')).toBe('pass');
  });

  it('fails where nodes lead to two intermediates that are declared without their root', () => {
    const second = issueCa('second', root);
    const listeners = [manager(issueLeaf(intermediate)), broker(issueLeaf(second, { key: keyOf('broker') }))];
    expect(ends(listeners, { internal: [intermediate, second] }, 'CRT-03')).toBe('fail');
  });

  it('passes where the CA was renewed and the old certificate is still declared', () => {
    const old = issueCa('root', undefined, { notAfter: new Date(now.getTime() - 1000) });
    expect(ends([manager(leaf), broker(otherLeaf)], { internal: [old, root] }, 'CRT-03')).toBe('pass');
    expect(ends([manager(leaf)], { internal: [old, root] }, 'CRT-06')).toBe('pass');
  });

  it('is not known while a node is silent', () => {
    expect(ends([manager(leaf), broker(otherLeaf)], { internal: [root], silent: 1 }, 'CRT-03')).toBe(
      'unknown',
    );
  });
});

describe('the CA that is declared and not sent', () => {
  const soon = new Date(now.getTime() + 12 * day);
  const past = new Date(now.getTime() - 1000);

  it('is judged as to its end (CRT-06, CRT-07)', () => {
    const ended = issueCa('root', undefined, { notAfter: past });
    expect(ends([manager(leaf)], { internal: [ended] }, 'CRT-06')).toBe('fail');
    expect(ends([manager(leaf)], { internal: [ended] }, 'CRT-01')).toBe('pass');
    const ending = issueCa('root', undefined, { notAfter: soon });
    expect(ends([manager(leaf)], { internal: [ending] }, 'CRT-06')).toBe('pass');
    expect(ends([manager(leaf)], { internal: [ending] }, 'CRT-07')).toBe('fail');
  });

  it('is compared with the keys of servers (CRT-12)', () => {
    expect(ends([manager(leaf)], { internal: [root] }, 'CRT-12')).toBe('pass');
    expect(ends([manager(leaf, root)], {}, 'CRT-12')).toBe('pass');
    const onCaKey = issueLeaf(root, { key: keyOf('root') });
    expect(ends([manager(onCaKey)], { internal: [root] }, 'CRT-12')).toBe('fail');
  });
});

describe('a CA that is neither sent nor declared (CRT-12)', () => {
  const onRootKey = (issuer = intermediate): Issued => issueLeaf(issuer, { key: keyOf('root') });

  it('has the key of no server where none of them made its signature', () => {
    expect(ends([manager(leaf), broker(otherLeaf)], {}, 'CRT-12')).toBe('pass');
    expect(ends([manager(leaf), broker(otherLeaf)], { silent: 1 }, 'CRT-12')).toBe('unknown');
  });

  it('has the key of the server that made its signature, its own certificate or that of another', () => {
    expect(ends([manager(onRootKey(root))], {}, 'CRT-12')).toBe('fail');
    expect(ends([manager(leaf), broker(onRootKey())], {}, 'CRT-12')).toBe('fail');
    const violations = judgePresented([manager(leaf), broker(onRootKey())], {}).get('CRT-12 target/tls');
    expect(violations).toMatchObject({
      violations: [{ observed: expect.stringContaining('the certificate "CN=host.example.com"') as string }],
    });
  });

  it('is looked for above intermediates that were sent or declared, too', () => {
    const below = issueLeaf(intermediate, { key: keyOf('broker') });
    expect(ends([manager(leaf), broker(below, intermediate)], {}, 'CRT-12')).toBe('pass');
    const server = issueLeaf(twin, { key: keyOf('root') });
    expect(ends([manager(below, intermediate), broker(server)], {}, 'CRT-12')).toBe('fail');
    expect(ends([manager(below), broker(server)], { internal: [intermediate] }, 'CRT-12')).toBe('fail');
  });

  it('is no server that signs its own certificate', () => {
    const alone = issueCa('host', undefined, { ca: undefined, keyUsage: undefined });
    expect(ends([manager(alone), broker(otherLeaf)], {}, 'CRT-12')).toBe('pass');
    const signer = issueLeaf(alone, { key: keyOf('broker') });
    expect(ends([manager(alone), broker(signer)], {}, 'CRT-12')).toBe('fail');
  });

  it('is not known where its signature, or the key of a server, cannot be computed with', () => {
    const odd = sequence(oid('1.2.3.4'));
    const unverifiable = issueLeaf(root, { replace: { algorithm: odd, outerAlgorithm: odd } });
    expect(ends([manager(unverifiable), broker(otherLeaf)], {}, 'CRT-12')).toBe('unknown');
    const spki = sequence(sequence(oid('1.2.3.4')), bits(Uint8Array.of(1, 2, 3)));
    const strange = issueLeaf(root, { replace: { spki } });
    expect(ends([manager(leaf), broker(strange)], {}, 'CRT-12')).toBe('unknown');
    expect(ends([manager(leaf), broker(strange)], { internal: [root] }, 'CRT-12')).toBe('pass');
  });
});

test('a server certificate among the declared CAs is none of them (CRT-12)', () => {
  expect(ends([manager(leaf)], { internal: [root, leaf] }, 'CRT-12')).toBe('pass');
});

test('a server certificate that may sign others by its key usage alone is told (CRT-10)', () => {
  const signer = issueLeaf(root, { keyUsage: ['digitalSignature', 'keyCertSign'] });
  expect(ends([manager(signer)], { internal: [root] }, 'CRT-10')).toBe('fail');
  expect(ends([manager(leaf)], { internal: [root] }, 'CRT-10')).toBe('pass');
});

test('behind a declared CA that has ended nobody sees the one it was renewed with (CRT-06)', () => {
  const ended = issueCa('root', undefined, { notAfter: new Date(now.getTime() - 1000) });
  const renewed = issueCa('other');
  const crossed = issueCa('root', renewed);
  expect(ends([manager(leaf, crossed)], { internal: [ended, renewed] }, 'CRT-06')).toBe('fail');
  expect(ends([manager(leaf, crossed)], { internal: [renewed] }, 'CRT-06')).toBe('pass');
});

describe('an intermediate that is declared', () => {
  const old = issueCa('intermediate', root, { hash: 'sha1' });
  const past = new Date(now.getTime() - 1000);
  const ended = issueCa('root', undefined, { notAfter: past });
  const below = issueLeaf(intermediate);

  it('is trusted without its signature, unless the CA that made it is declared too (CRT-09)', () => {
    expect(ends([manager(below, old)], { internal: [old] }, 'CRT-09')).toBe('pass');
    expect(ends([manager(below, old)], { internal: [root] }, 'CRT-09')).toBe('fail');
    expect(ends([manager(below, old)], { internal: [old, root] }, 'CRT-09')).toBe('fail');
    expect(ends([manager(below)], { internal: [old, root] }, 'CRT-09')).toBe('fail');
    expect(ends([manager(below)], { internal: [old, twin] }, 'CRT-09')).toBe('pass');
  });

  it('ends with the declared CA above it for clients on OpenSSL (CRT-06)', () => {
    expect(ends([manager(below)], { internal: [intermediate, ended] }, 'CRT-06')).toBe('fail');
    expect(ends([manager(below)], { internal: [intermediate] }, 'CRT-06')).toBe('pass');
  });

  it('is judged as to its own end, too, when it is not sent (CRT-06)', () => {
    const endedToo = issueCa('intermediate', root, { notAfter: past });
    expect(ends([manager(below)], { internal: [endedToo, root] }, 'CRT-06')).toBe('fail');
    expect(ends([manager(below)], { internal: [endedToo, root] }, 'CRT-01')).toBe('pass');
  });
});

test('nothing is said of test CAs without files (CRT-15)', () => {
  expect(ends([manager(leaf)], { internal: [root] }, 'CRT-15')).toBe('unknown');
  expect(ends([manager(issueLeaf(root)), broker(root)], { internal: [root] }, 'CRT-15', 'amqp/1')).toBe(
    'fail',
  );
});
