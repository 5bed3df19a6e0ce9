import { DerError, type Profile } from '../src/protocol/x509';
import { accepted, profileOf, readLimbo, runLimbo } from './limbo-cases';

// Agreement with a suite file of C2SP/x509-limbo: npm run bench:limbo -- FILE [PROFILE]
// FILE: limbo.json, plain or .gz. PROFILE: one for all cases (private-pki, path, rfc5280, webpki); left out, each
// namespace gets the profile that it tests. Ends with 1 when something was accepted that must be refused.
const [file, one] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('usage: npm run bench:limbo -- FILE [PROFILE]\n');
  process.exit(2);
}

interface Count {
  cases: number;
  agree: number;
  falseAccepts: number;
}

const counts = new Map<string, Count>();
const disagreements: string[] = [];
let slowest = { ms: 0, id: '' };
const start = process.cpuUsage();
for (const item of readLimbo(file)) {
  const before = process.cpuUsage();
  const result = runLimbo(item, (one as Profile | undefined) ?? profileOf(item.id));
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  if (ms > slowest.ms) slowest = { ms, id: item.id };
  const outcome = accepted(result) ? 'SUCCESS' : 'FAILURE';
  const agrees = outcome === item.expected_result;
  const isFalseAccept = !agrees && outcome === 'SUCCESS';
  for (const name of [/^(?:bettertls::)?[^:]+/.exec(item.id)?.[0] ?? item.id, 'all']) {
    const count = counts.get(name) ?? { cases: 0, agree: 0, falseAccepts: 0 };
    count.cases += 1;
    if (agrees) count.agree += 1;
    if (isFalseAccept) count.falseAccepts += 1;
    counts.set(name, count);
  }
  if (agrees) continue;
  const why = result instanceof DerError ? result.message : (result.detail ?? 'accepted');
  disagreements.push(
    `${isFalseAccept ? 'FALSE ACCEPT' : 'false refusal'}  ${item.id}: expected ${item.expected_result}; ${why}`,
  );
}
const { user, system } = process.cpuUsage(start);
const total = counts.get('all') ?? { cases: 0, agree: 0, falseAccepts: 0 };
process.stdout.write('namespace                      cases  agree  false accepts\n');
for (const [name, { cases, agree, falseAccepts }] of counts) {
  const columns = [String(cases).padStart(6), String(agree).padStart(7), String(falseAccepts).padStart(15)];
  process.stdout.write(`${name.padEnd(29)} ${columns.join('')}\n`);
}
for (const line of disagreements) process.stdout.write(`${line}\n`);
process.stdout.write(
  `${((100 * total.agree) / Math.max(1, total.cases)).toFixed(2)} % agree; ` +
    `${((user + system) / 1e6).toFixed(1)} s CPU; slowest ${slowest.id} with ${slowest.ms.toFixed(0)} ms\n`,
);
process.exitCode = total.falseAccepts > 0 ? 1 : 0;
