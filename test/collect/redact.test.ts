import { makeRedactor, redactValue } from '../../src/collect/redact';
import { secret, type Target } from '../../src/model/target';

const password = 'p/w "ä&5(.*+|[\\'; // needs escaping in every form, and in an expression
const target = {
  users: [
    { name: 'a', username: 'alice', password: secret(password), token: null, tenants: {}, systemRole: null },
  ],
} as unknown as Target;
const redact = makeRedactor(target);

test.each([
  ['plain', password],
  ['basic authentication', Buffer.from(`alice:${password}`).toString('base64')],
  ['base64', Buffer.from(password).toString('base64')],
  ['url', `https://x/?p=${encodeURIComponent(password)}`],
  ['json', JSON.stringify({ p: password })],
])('a declared credential is replaced in its %s form', (_form, text) => {
  expect(redact(text)).toContain('[secret]');
  expect(redact(text)).not.toContain(text);
});

test('values and keys at any depth are searched, the rest stays as it is', () => {
  const value = { list: [{ [password]: `x${password}y`, n: 1, z: null }] };
  expect(redactValue(value, redact)).toEqual({ list: [{ '[secret]': 'x[secret]y', n: 1, z: null }] });
});
