/** `http.rate-limit`: one burst of requests without credentials to a manager, sent because the target file asks for it. */
export interface RateLimit {
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly path: string;
  readonly sent: number;
  /** Answered by what they asked for. */
  readonly answered: number;
  /** Refused for being too many: 503 of nginx's limit_req, or 429. */
  readonly refused: number;
  /** Requests a second from the first sent to the last answered; a limit shows only beyond itself. */
  readonly perSecond: number;
  /** Requests with an Execution-Token that nobody has, right after the burst, while ones without were refused. */
  readonly evasion: {
    readonly sent: number;
    readonly refused: number;
    /** Such a token lets requests through that are refused without; null: not to be told. */
    readonly evaded: boolean | null;
  };
}
