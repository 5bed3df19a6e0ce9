import { compileSchema } from '../../src/schema/ajv';

const lists = {
  properties: { lists: { items: { properties: { list: { contains: { const: 'a' } } } } } },
};

test('an empty list contains nothing, also after a list that contains what is wanted', () => {
  const validate = compileSchema(lists);
  const misfits = validate({ lists: [{ list: ['a'] }, { list: [] }, { list: ['b'] }, { list: ['b', 'a'] }] });
  expect(new Set(misfits.map(({ pointer }) => pointer).filter((at) => at.endsWith('list')))).toEqual(
    new Set(['/lists/1/list', '/lists/2/list']),
  );
});

test('the same in a condition: no empty list meets it', () => {
  const validate = compileSchema({
    properties: {
      lists: {
        items: { if: { properties: { list: { contains: { const: 'a' } } } }, then: { required: ['b'] } },
      },
    },
  });
  const misfits = validate({ lists: [{ list: ['a'], b: 1 }, { list: [] }, { list: ['a'] }] });
  expect(misfits.filter(({ keyword }) => keyword === 'required').map(({ pointer }) => pointer)).toEqual([
    '/lists/2/b',
  ]);
});

test('a property that is called contains is no keyword', () => {
  const validate = compileSchema({ properties: { contains: { type: 'string' }, other: { type: 'object' } } });
  expect(validate({ contains: 'x', other: {} })).toEqual([]);
  expect(
    compileSchema({ type: 'object', properties: { a: { const: { contains: { b: 1 } } } } })({
      a: { contains: { b: 1 } },
    }),
  ).toEqual([]);
});
