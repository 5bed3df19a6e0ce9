/** Requests that may be sent beyond those that are asked for, by all who share it. */
export interface Spare {
  left: number;
}
