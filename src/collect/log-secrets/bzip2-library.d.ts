// unbzip2-stream has no types; of it only the decoder is used, because its stream collects blocks of any size.
declare module 'unbzip2-stream/lib/bit_iterator' {
  interface Bits {
    (count: number): number;
    readonly bytesRead: number;
  }
  export default function bitIterator(next: () => Uint8Array): Bits;
}
declare module 'unbzip2-stream/lib/bzip2' {
  const bzip2: {
    header(bits: (count: number) => number): number;
    /** Returns the running checksum, or null after the last block. Throws on unsound data. */
    decompress(
      bits: (count: number) => number,
      add: (byte: number) => void,
      buffer: Int32Array,
      size: number,
      crc: number,
    ): number | null;
  };
  export default bzip2;
}
