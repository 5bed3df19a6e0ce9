import { fold, lowerByte } from './fold';

/** Parts of these stand in every log. */
const vocabulary =
  " user user username auth unix init link master buffer sha256 api_ ion_ fy' root admin info warn error debug notice trace fatal exec execution executor executing task worker work network net address connection connected connect closed open session request response received receive server service client agent manager host port node queue thread process state status start started starting stop stopped success succeeded failed failure authentication authenticated authorized unknown invalid accepted password for from to is the and with not in on at by of api/v3.1 deployments blueprints executions events http https get post put delete 200 404 default_tenant tenant cloudify rest_client time date timestamp level message data file path line module class function object instance value name type id key count size total length info: error: warning: .log .py .java .json .xml .conf /var/log/ /opt/ /usr/lib/ /etc/ site-packages/ python version release update updated create created creating delete deleted operation workflow plugin install uninstall configure runtime kernel systemd daemon sshd pam_unix cron docker container image mount device driver memory disk cpu job block packet interface link config secret token cert certificate ssl tls postgres rabbitmq nginx logical command output detail tail sign signal session assign design terminal interval internal external overall community communication google chrome exchange account country return true false null none retry timeout expired delay duration resource environment application document http/1.1 mozilla gecko applewebkit safari context source target directory reading writing loading loaded ";

/** Characters by how common they are in logs. */
const order = ' etaonirsl0-1cdmpu2.:h/f3g45by"6798=w_v,\'k[]()xjqz';

function shareOfLetter(character: string): number {
  const place = order.indexOf(character);
  return 1 / (2 + (place === -1 ? 60 : place));
}

/** How common letters, and what they form, are in logs: rough, and so much the same for all of them. */
export interface Shares {
  /** Of each byte, in either letter case. */
  readonly letters: Float64Array;
  /** Of each two folded bytes. */
  readonly pairs: Float64Array;
  /** Every four bytes of the vocabulary, in lower case. */
  readonly frequent: ReadonlySet<number>;
}

let shares: Shares | undefined;

/** Made when they are first asked for: a thread that is sent a table never does. */
export function sharesInLogs(): Shares {
  shares ??= { letters: shareLetters(), pairs: sharePairs(), frequent: listFrequent() };
  return shares;
}

/** How common the four bytes at an offset are in logs: a rough product of letter frequencies. */
export function commonness({ letters, frequent }: Shares, bytes: Uint8Array, offset: number): number {
  let window = 0;
  let product = 1;
  for (let index = 0; index < 4; index++) {
    const lower = lowerByte(bytes[offset + index] ?? 0);
    window |= lower << (8 * index);
    product *= letters[lower] ?? 0;
  }
  return frequent.has(window) ? 1000 * product : product;
}

function shareLetters(): Float64Array {
  return Float64Array.from({ length: 256 }, (_, byte) =>
    shareOfLetter(String.fromCharCode(byte).toLowerCase()),
  );
}

function sharePairs(): Float64Array {
  const pairs = new Float64Array(65536);
  const each = Array.from(order, (letter) => [letter, shareOfLetter(letter)] as const);
  for (const [first, share] of each)
    for (const [second, other] of each) pairs[foldedPair(first + second, 0)] = share * other;
  for (let at = 0; at + 1 < vocabulary.length; at++) {
    const pair = foldedPair(vocabulary, at);
    pairs[pair] = (pairs[pair] ?? 0) + 0.1;
  }
  return pairs;
}

function listFrequent(): ReadonlySet<number> {
  const bytes = Buffer.from(vocabulary, 'latin1');
  const windows = new Set<number>();
  for (let at = 0; at + 4 <= bytes.length; at++) windows.add(bytes.readInt32LE(at));
  return windows;
}

function foldedPair(text: string, at: number): number {
  return (text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8) | fold) & 0xffff;
}
