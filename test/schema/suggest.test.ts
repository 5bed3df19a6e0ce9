import { closest, knownKeys } from '../../src/schema/suggest';

test.each([
  ['public-name', 'publicName'],
  ['pulbicName', 'publicName'],
  ['adress', 'address'],
  ['htpps', 'https'],
  ['colour', undefined],
  ['', undefined],
])('%s is closest to %s', (word, meant) => {
  expect(closest(word, ['address', 'publicName', 'https', 'http'])).toBe(meant);
});

const schema = {
  $ref: '#/definitions/Root',
  definitions: {
    Root: { properties: { list: { type: 'array', items: { $ref: '#/definitions/Entry' } } } },
    Entry: { anyOf: [{ type: 'string' }, { properties: { 'a/b': { properties: { leaf: {} } }, name: {} } }] },
    Loop: { anyOf: [{ $ref: '#/definitions/Loop' }] },
  },
};

test('known keys are found through references, unions and items', () => {
  expect(knownKeys(schema, '')).toEqual(['list']);
  expect(knownKeys(schema, '/list/3')).toEqual(['a/b', 'name']);
  expect(knownKeys(schema, '/list/3/a~1b')).toEqual(['leaf']);
  expect(knownKeys(schema, '/nowhere')).toEqual([]);
});

test('a schema that refers to itself ends', () => {
  expect(knownKeys({ ...schema, $ref: '#/definitions/Loop' }, '')).toEqual([]);
});
