import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startDeployment, type Deployment } from '../fixtures/deployment/index';
import type { EvidenceBundle } from '../src/model/evidence';

/**
 * From start to report for the fixture deployment, without pace and rate limit, beside a peer that sends the same number
 * of TLS handshakes (`openssl s_client`) and HTTP requests (one `curl` process, its connection kept), one after the
 * other. `node dist/bench/pipeline.js [rounds]`; prints JSON.
 */
async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 5);
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-bench-'));
  const deployment = await startDeployment({ weaknesses: [], folder, rateLimit: false });
  try {
    const target = join(folder, 'unpaced.yaml');
    const limits = 'limits: { requestsPerSecond: 1000 }\n';
    writeFileSync(target, readFileSync(deployment.targetFile, 'utf8') + limits, { mode: 0o600 });
    const output = join(folder, 'out');
    const scans: Measured[] = [];
    const peers: Measured[] = [];
    const peer = preparePeer(folder, deployment);
    for (let round = 0; round < rounds; round++) {
      scans.push(await measure([process.execPath, program, 'scan', target, '--output', output, '--quiet']));
      const { handshakes, requests } = trafficOf(output);
      peers.push(await measure(['bash', peer, String(handshakes), String(requests)]));
    }
    const start = await measure([process.execPath, program, '--version']);
    const [scan, other] = [medianOf(scans), medianOf(peers)];
    const report = {
      rounds,
      scan,
      peer: other,
      ratio: { seconds: round2(scan.seconds / other.seconds) },
      traffic: trafficOf(output),
      version: start,
    };
    process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  } finally {
    await deployment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const program = resolve(__dirname, '../src/main.js');

interface Measured {
  readonly seconds: number;
  /** Largest resident size of the process, MiB; children of a shell not counted. */
  readonly peakMiB: number;
}

/** Runs a program to its end. Peak memory is the kernel's own high-water mark, looked up while it runs. */
async function measure(command: readonly string[]): Promise<Measured> {
  const [executable = '', ...args] = command;
  const from = performance.now();
  const child = spawn(executable, args, { stdio: 'ignore' });
  let peakKiB = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
      peakKiB = Math.max(peakKiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // Ended between two looks.
    }
  }, 20);
  await new Promise((done, fail) => child.on('error', fail).on('exit', done));
  clearInterval(look);
  return { seconds: round2((performance.now() - from) / 1000), peakMiB: Math.round(peakKiB / 1024) };
}

function trafficOf(output: string): { readonly handshakes: number; readonly requests: number } {
  const bundle = JSON.parse(readFileSync(join(output, 'evidence.json'), 'utf8')) as EvidenceBundle;
  return {
    handshakes: bundle.traffic.reduce((sum, { connections }) => sum + connections, 0),
    requests: bundle.traffic.reduce((sum, { requests }) => sum + requests, 0),
  };
}

/** A shell script that takes the number of handshakes and of requests. */
function preparePeer(folder: string, { ports }: Deployment): string {
  execFileSync('bash', ['-c', 'command -v openssl curl'], { stdio: 'ignore' });
  const script = join(folder, 'peer.sh');
  writeFileSync(
    script,
    `for i in $(seq "$1"); do openssl s_client -connect 127.0.0.1:${ports.internal} </dev/null >/dev/null 2>&1; done
curl -ks -o /dev/null "https://127.0.0.1:${ports.internal}/api/v3.1/blueprints?[1-$2]"
`,
  );
  return script;
}

function medianOf(all: readonly Measured[]): Measured {
  const median = (key: keyof Measured): number =>
    all.map((one) => one[key]).sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  return { seconds: median('seconds'), peakMiB: median('peakMiB') };
}

function round2(number: number): number {
  return Math.round(100 * number) / 100;
}

void main();
