/** What a command may know of its process. main.ts fills it in and is alone in touching process. */
export interface Shell {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly version: string;
  out(text: string): void;
  err(text: string): void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Columns of the terminal; 80 when there is none. */
  readonly columns: number;
  /** Colour on standard output: a terminal, NO_COLOR empty or unset, or FORCE_COLOR. */
  readonly colour: boolean;
  now(): Date;
  /** Aborts on SIGINT and SIGTERM. */
  readonly interrupted: AbortSignal;
  /** Reads a secret without echo. Throws InputError where there is no terminal. */
  prompt(question: string): Promise<string>;
}

/** Exit codes (DESIGN §7). */
export const exitCodes = {
  passed: 0,
  failed: 1,
  badInput: 2,
  incomplete: 3,
  ownError: 4,
  interrupted: 130,
} as const;
