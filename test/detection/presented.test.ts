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

  it('is compared with the keys of servers (CRT-12), which nobody can without it', () => {
    expect(ends([manager(leaf)], { internal: [root] }, 'CRT-12')).toBe('pass');
    expect(ends([manager(leaf)], {}, 'CRT-12')).toBe('unknown');
    expect(ends([manager(leaf, root)], {}, 'CRT-12')).toBe('pass');
    const onCaKey = issueLeaf(root, { key: keyOf('root') });
    expect(ends([manager(onCaKey)], { internal: [root] }, 'CRT-12')).toBe('fail');
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

test('nothing is said of test CAs without files (CRT-15)', () => {
  expect(ends([manager(leaf)], { internal: [root] }, 'CRT-15')).toBe('unknown');
  expect(ends([manager(issueLeaf(root)), broker(root)], { internal: [root] }, 'CRT-15', 'amqp/1')).toBe(
    'fail',
  );
});
