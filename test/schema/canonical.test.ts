import { canonicalJson, digest } from '../../src/schema/canonical';

test('key order does not change the bytes', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
  expect(digest({ a: 1, b: 2 })).toBe(digest({ b: 2, a: 1 }));
});

test('array order does', () => {
  expect(digest([1, 2])).not.toBe(digest([2, 1]));
});
