import { addFault, type Element, type Reading, tags } from './der';
import { latin1 } from './values';

const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59);
const rest = String.raw`(\d{2})(\d{2})(\d{2})(\d{2})(?:(\d{2})(\.\d+)?)?(Z|[+-]\d{4})?$`;
const forms: ReadonlyMap<number, RegExp> = new Map([
  [tags.utcTime, new RegExp(String.raw`^(\d{2})${rest}`)],
  [tags.generalizedTime, new RegExp(String.raw`^(\d{4})${rest}`)],
]);

/**
 * UTCTime or GeneralizedTime (RFC 5280 §4.1.2.5) as epoch milliseconds. A time that is no time fails closed: the
 * certificate has never started (`bound` is `start`) or ended long ago (`end`), and the fault says so.
 */
export function readTime(element: Element | undefined, bound: 'start' | 'end', reading: Reading): number {
  const text = element === undefined ? '' : latin1(element.content.subarray(0, 40));
  const time = element === undefined ? null : parseTime(element.tag, text, reading);
  if (time !== null) return time;
  addFault(reading, 'time', `${JSON.stringify(text)} is not a time`);
  return bound === 'start' ? LATEST : EARLIEST;
}

function parseTime(tag: number, text: string, reading: Reading): number | null {
  const match = forms.get(tag)?.exec(text) ?? null;
  if (match === null) return null;
  const [, digits = '', month, day, hour, minute, second, fraction, zone] = match;
  const written = Number(digits);
  const year = digits.length === 4 ? written : written < 50 ? 2000 + written : 1900 + written;
  const parts = [Number(month), Number(day), Number(hour), Number(minute), Number(second ?? '0')] as const;
  const date = new Date(0);
  date.setUTCFullYear(year, parts[0] - 1, parts[1]);
  date.setUTCHours(parts[2], parts[3], parts[4]);
  const exact = date.getUTCMonth() === parts[0] - 1 && date.getUTCDate() === parts[1];
  if (!exact || parts[2] > 23 || parts[3] > 59 || parts[4] > 59) return null;
  if (second === undefined || fraction !== undefined || zone !== 'Z') {
    addFault(
      reading,
      'time',
      `${tag === tags.utcTime ? 'UTCTime' : 'GeneralizedTime'} ${text} lacks seconds or Z, or has a fraction`,
    );
  } else if (tag === tags.generalizedTime && year < 2050) {
    addFault(reading, 'time-form', `${text}: years before 2050 are written as UTCTime`);
  }
  return date.getTime() - offsetOf(zone);
}

function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
