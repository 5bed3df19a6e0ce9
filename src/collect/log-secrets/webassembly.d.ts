/** The part of WebAssembly's JavaScript interface that is used here; the types of Node.js leave it to the browser's. */
declare namespace WebAssembly {
  class Memory {
    constructor(size: { readonly initial: number; readonly maximum: number });
    readonly buffer: ArrayBuffer;
  }
  // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- opaque by its standard
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: { readonly env: { readonly memory: Memory } });
    readonly exports: object;
  }
}
