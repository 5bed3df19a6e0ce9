import { endings, startAnomaly } from '../../../fixtures/anomalies/server';
import { startInClear, type StartupAnswer } from '../../../src/protocol/postgres/startup';
import { openTcp, type Outcome } from '../../../src/protocol/tcp/connect';

async function ask(bytes: string, then: (typeof endings)[number] = 'close'): Promise<Outcome<StartupAnswer>> {
  const server = await startAnomaly({ kind: 'say', bytes: Buffer.from(bytes, 'latin1'), then });
  const to = {
    address: '127.0.0.1',
    port: server.port,
    timeoutMs: 1000,
    signal: new AbortController().signal,
  };
  const opened = await openTcp(to);
  if (!opened.ok) return opened;
  const answer = await startInClear(opened.value, 'nobody', to);
  opened.value.destroy();
  await server.stop();
  return answer;
}

const refusal = (...fields: string[]): string => {
  const body = `${fields.join('\0')}\0\0`;
  return `E\0\0\0${String.fromCharCode(body.length + 4)}${body}`;
};

describe('a clear-text start-up', () => {
  it.each([
    ['R\0\0\0\x0c\0\0\0\x05salt', 'accepted', null],
    ['R\0\0\0\x08\0\0\0\0', 'accepted', null],
    // Messages are translated; the code and the name of the function are not.
    [refusal('SFATAL', 'C28000', 'Mkeine Verschlüsselung', 'RClientAuthentication'), 'rejected', '28000'],
    [
      refusal('SFATAL', 'C28000', 'Mrole "x" does not exist', 'RInitializeSessionUserId'),
      'accepted',
      '28000',
    ],
    [refusal('SFATAL', 'C3D000', 'Mdatabase does not exist', 'RInitPostgres'), 'accepted', '3D000'],
    [refusal('SFATAL', 'C53300', 'Mtoo many clients', 'RInitProcess'), 'undecided', '53300'],
    [refusal('SFATAL', 'C57P03', 'Mstarting up', 'RProcessStartupPacket'), 'undecided', '57P03'],
    [refusal('SFATAL', 'C28000', 'Msomebody else says no'), 'undecided', '28000'],
    [refusal('SFATAL'), 'undecided', null],
  ])('answered by %j is %s', async (bytes, kind, sqlState) => {
    expect(await ask(bytes)).toEqual({ ok: true, value: { kind, sqlState } });
  });

  it.each(endings)('is nothing when half an answer ends in %s', async (then) => {
    for (const bytes of ['R', 'R\0\0\0', 'R\0\0\0\x0c\0', 'E\0\0\x01\0SFATAL']) {
      const outcome = await ask(bytes, then);
      // Garbage may complete the length that was announced; it can never make it a refusal by policy.
      if (outcome.ok) expect(outcome.value.kind).not.toBe('rejected');
    }
    expect((await ask('R\0\0\0', then === 'drip' ? 'stall' : then)).ok).toBe(false);
  });

  it.each(['HTTP/1.1 400 Bad Request\r\n', 'R\xff\xff\xff\xff\0\0', 'E\0\0\0\0\0', 'N'])(
    'is nothing after %j',
    async (bytes) => {
      expect(await ask(bytes)).toMatchObject({ ok: false });
    },
  );
});
