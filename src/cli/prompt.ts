import { InputError } from '../model/errors';

/** The terminal to ask at: standard input, and standard error so that standard output stays clean. */
export interface Terminal {
  readonly input: Pick<NodeJS.ReadStream, 'isTTY' | 'on' | 'off' | 'resume' | 'pause' | 'unshift'> & {
    setRawMode?(on: boolean): unknown;
  };
  readonly output: { write(text: string): unknown };
  /** Aborts on SIGINT and SIGTERM. */
  readonly interrupted: AbortSignal;
}

/** The question was answered with Ctrl-C, or the process was told to stop. The terminal is as it was before. */
class PromptInterrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'PromptInterrupted';
  }
}

const maxLength = 4096;

/**
 * Asks for one line without showing it. Throws InputError where there is no terminal, PromptInterrupted on Ctrl-C (in
 * raw mode it arrives as a character, not as a signal).
 */
export function askSecret(question: string, { input, output, interrupted }: Terminal): Promise<string> {
  const setRawMode = input.setRawMode?.bind(input);
  if (!input.isTTY || setRawMode === undefined) {
    const instead = 'give the credential by an environment variable or a file';
    return Promise.reject(new InputError(`there is no terminal to ask at; ${instead}`));
  }
  if (interrupted.aborted) return Promise.reject(new PromptInterrupted());
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let line = '';
    const end = (settle: () => void): void => {
      input.off('data', onData);
      input.off('end', onEnd);
      interrupted.removeEventListener('abort', onAbort);
      setRawMode(false);
      input.pause();
      output.write('\n');
      settle();
    };
    const onAbort = (): void => {
      end(() => {
        reject(new PromptInterrupted());
      });
    };
    const onEnd = (): void => {
      end(() => {
        reject(new InputError('the terminal was closed before an answer was given'));
      });
    };
    const onData = (chunk: Buffer): void => {
      const typed = type(line, decoder.decode(chunk, { stream: true }));
      line = typed.line;
      if (typed.ended === 'interrupt') onAbort();
      else if (typed.ended === 'enter') {
        end(() => {
          // Typed ahead: the answer to the next question.
          if (typed.rest !== '') input.unshift(Buffer.from(typed.rest));
          resolve(line);
        });
      } else if (line.length > maxLength) {
        end(() => {
          reject(new InputError(`the answer is longer than ${maxLength} characters`));
        });
      }
    };
    // Before the question: a quick answer would be shown, and edited byte by byte, by the terminal driver.
    setRawMode(true);
    output.write(question);
    input.on('data', onData);
    input.on('end', onEnd);
    interrupted.addEventListener('abort', onAbort, { once: true });
    input.resume();
  });
}

interface Typed {
  readonly line: string;
  readonly ended: 'enter' | 'interrupt' | null;
  readonly rest: string;
}

/** Raw mode hands over every key: what the terminal driver does with a line is done here. */
function type(before: string, keys: string): Typed {
  const characters = Array.from(keys.replaceAll(escapeSequence, ''));
  let line = Array.from(before);
  for (const [index, character] of characters.entries()) {
    const done = (ended: Typed['ended']): Typed => ({
      line: line.join(''),
      ended,
      rest: characters.slice(index + 1).join(''),
    });
    if (character === '\u0003') return done('interrupt');
    if (character === '\r' || character === '\n' || character === '\u0004') return done('enter');
    if (character === '\u007f' || character === '\b') line.pop();
    else if (character === '\u0015') line = [];
    else if (!/\p{Cc}/u.test(character)) line.push(character);
  }
  return { line: line.join(''), ended: null, rest: '' };
}

/** Arrow and function keys, and the marks around pasted text (ECMA-48 CSI and SS3). */
// eslint-disable-next-line no-control-regex
const escapeSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]|O[ -~])/g;
