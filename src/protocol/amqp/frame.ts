/** A method on channel 0 (AMQP 0-9-1 §2.3.5): class and method number, and its arguments. */
export interface Method {
  readonly name: string;
  readonly body: Buffer;
}

/** AMQP 0-9-1 §4.2.2: the client opens with this header. */
export const protocolHeader = Buffer.from('AMQP\0\0\x09\x01', 'latin1');

/** Frames of the handshake are small; a larger one is no handshake. */
export const maxFrameBytes = 64 * 1024;

/** `whole`: the bytes begin with a complete frame. `broken`: they never will. */
export function frameState(bytes: Buffer): 'whole' | 'part' | 'broken' {
  if (bytes.length < 7) return bytes.length > 0 && bytes[0] !== 1 ? 'broken' : 'part';
  const size = bytes.readUInt32BE(3);
  if (bytes[0] !== 1 || bytes.readUInt16BE(1) !== 0 || size < 4 || size > maxFrameBytes) return 'broken';
  if (bytes.length < size + 8) return 'part';
  return bytes[size + 7] === 0xce ? 'whole' : 'broken';
}

/** The method of the first frame; null when there is no complete one. */
export function readMethod(bytes: Buffer): Method | null {
  if (frameState(bytes) !== 'whole') return null;
  const payload = bytes.subarray(7, 7 + bytes.readUInt32BE(3));
  return { name: `${payload.readUInt16BE(0)}.${payload.readUInt16BE(2)}`, body: payload.subarray(4) };
}

/** A method frame on channel 0. */
export function methodFrame(classId: number, methodId: number, ...fields: readonly Buffer[]): Buffer {
  const payload = Buffer.concat([uint16(classId), uint16(methodId), ...fields]);
  return Buffer.concat([Buffer.from([1, 0, 0]), longString(payload), Buffer.from([0xce])]);
}

/** Field types of AMQP 0-9-1 §4.2.5; lengths go before the bytes. */
export function shortString(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8').subarray(0, 255);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

export function longString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
