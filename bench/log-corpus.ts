import { closeSync, openSync, writeSync } from 'node:fs';
import { randomFrom, type Random } from './random';

/** A log corpus on disk: always the same bytes for the same seed and size. */
export interface Corpus {
  readonly path: string;
  readonly bytes: number;
  readonly lines: number;
  /** Secrets planted, one a line. */
  readonly planted: readonly string[];
}

/**
 * Writes `megabytes` of lines as Cloudify's services and their neighbours write them. Of a thousand lines `lookAlikes`
 * hold a word that a detector looks for and no secret; one in 10,000 is a leak.
 */
export function writeCorpus(path: string, megabytes: number, seed = 1, lookAlikes = 30): Corpus {
  const random = randomFrom(seed);
  const file = openSync(path, 'w', 0o600);
  const goal = megabytes * 1024 * 1024;
  const planted: string[] = [];
  let bytes = 0;
  let lines = 0;
  let buffer = '';
  const write = (): void => {
    const chunk = Buffer.from(buffer, 'latin1');
    for (let at = 0; at < chunk.length;) at += writeSync(file, chunk, at);
    bytes += chunk.length;
    buffer = '';
  };
  while (bytes < goal) {
    const leaks = random() < 1 / 10_000;
    const honest = random() * 1000 < lookAlikes ? similar : plain;
    const line = leaks ? leakyLine(random, planted) : pick(honest, random)(random);
    buffer += `${line}\n`;
    lines++;
    if (buffer.length > 1024 * 1024) write();
  }
  write();
  closeSync(file);
  return { path, bytes, lines, planted };
}

/** Writes one line of so many megabytes: JSON of fields that mean nothing, with a secret at its end. */
export function writeLongLine(path: string, megabytes: number, seed = 1): Corpus {
  const random = randomFrom(seed);
  const file = openSync(path, 'w', 0o600);
  const planted = ['Kd81-Lq0zXw'];
  let bytes = 0;
  const write = (text: string): void => {
    bytes += writeSync(file, text);
  };
  while (bytes < megabytes * 1024 * 1024) {
    let text = '';
    while (text.length < 1024 * 1024)
      text += `{"id": "${uuid(random)}", "name": "${word(random)}", "size": ${int(random, 9999)}, "tags": ["${word(random)}"]}, `;
    write(text);
  }
  write(`{"password": "${planted[0] ?? ''}"}`);
  closeSync(file);
  return { path, bytes, lines: 1, planted };
}

type Template = (random: Random) => string;

/** Lines that hold neither a secret nor a word that a detector looks for. */
const plain: readonly Template[] = [
  (r) =>
    `${day(r)} [INFO] [manager_rest.rest] ${pick(verbs, r)} deployment ${word(r)} in tenant ${word(r)} took ${int(r, 900)}ms`,
  (r) =>
    `${day(r)} [DEBUG] [cloudify.dispatch] Task ${uuid(r)} ${pick(states, r)} on queue ${word(r)}_workflows`,
  (r) =>
    `${ip(r)} - admin [22/Nov/2026:02:46:${int(r, 60)} +0000] "GET /api/v3.1/${pick(paths, r)}?_offset=${int(r, 900)}&_size=1000 HTTP/1.1" 200 ${int(r, 99999)} "https://${ip(r)}/console/page/${word(r)}" "Mozilla/5.0 (X11; Linux x86_64)" "-" [0.${int(r, 900)} sec]`,
  (r) =>
    `2026-11-22 02:55:${int(r, 60)}.${int(r, 999999)}+00:00 [info] <0.${int(r, 9999)}.0> connection <0.${int(r, 9999)}.0> (${ip(r)}:${int(r, 60000)} -> ${ip(r)}:5671): user 'cloudify' authenticated and granted access to vhost '/'`,
  (r) =>
    `< 2026-11-22 02:55:${int(r, 60)}.753 UTC >LOG:  duration: ${int(r, 900)}.${int(r, 999)} ms  statement: SELECT id, display_name FROM deployments WHERE _tenant_id = ${int(r, 99)} AND visibility = 'TENANT'`,
  (r) =>
    `< 2026-11-22 02:55:${int(r, 60)}.101 UTC >LOG:  checkpoint complete: wrote ${int(r, 999)} buffers (${int(r, 9)}.${int(r, 9)}%); 0 WAL file(s) added, 0 removed, ${int(r, 9)} recycled; write=${int(r, 99)}.${int(r, 999)} s`,
  (r) =>
    `${day(r)}:INFO:${word(r)} - [${word(r)}_${hex(r, 6)}.create] Task started cloudify_openstack.server.${word(r)}`,
  (r) =>
    `Nov 22 02:14:${int(r, 60)} manager kernel: [${int(r, 99999)}.${int(r, 999999)}] ${word(r)}: link is up at ${int(r, 999)} Mbps, ${word(r)} ${word(r)}`,
  (r) => `Nov 22 02:14:${int(r, 60)} manager systemd[1]: Started Session ${int(r, 9999)} of user ${word(r)}.`,
  (r) =>
    `${day(r)} [INFO] [manager_rest.storage] Blueprint archive ${word(r)}.tar.gz sha256 ${hex(r, 64)} of ${int(r, 999999)} bytes`,
  (r) =>
    `${day(r)} [ERROR] Traceback: File "/opt/manager/env/lib/python3.11/site-packages/${word(r)}/${word(r)}.py", line ${int(r, 999)}, in ${word(r)}`,
  (r) =>
    `081109 203615 ${int(r, 999)} INFO dfs.DataNode$PacketResponder: PacketResponder ${int(r, 3)} for block blk_${int(r, 99999999)}${int(r, 99999999)} terminating`,
  (r) =>
    `[Sun Dec 04 04:51:${int(r, 60)} 2005] [notice] workerEnv.init() ok /etc/httpd/conf/${word(r)}.properties`,
  (r) =>
    `nova-api.log.1.2017-05-16 25746 INFO nova.osapi_compute.wsgi.server [req-${uuid(r)} ${hex(r, 32)} ${hex(r, 32)} - - -] ${ip(r)} "GET /v2/${hex(r, 32)}/servers/detail HTTP/1.1" status: 200 len: ${int(r, 9999)} time: 0.${int(r, 999999)}`,
  (r) =>
    `Jun 14 15:16:${int(r, 60)} combo sshd(pam_unix)[${int(r, 30000)}]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=${ip(r)}`,
  (r) =>
    `{"time":"2026-11-22T02:55:${int(r, 60)}.${int(r, 999)}Z","level":"info","logger":"${word(r)}","msg":"reconciled ${word(r)}","object":{"kind":"Deployment","name":"${word(r)}-${hex(r, 5)}"},"durationMs":${int(r, 9999)}}`,
  (r) =>
    `17/06/09 20:10:${int(r, 60)} INFO storage.BlockManager: Found block rdd_${int(r, 99)}_${int(r, 9)} locally in ${int(r, 999)} ms`,
  (r) =>
    `2015-10-18 18:01:${int(r, 60)},${int(r, 999)} INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Executing with ${word(r)} for application_${int(r, 99999999)}_${int(r, 99)}`,
  (r) =>
    `- 1131566461 2005.11.09 dn228 Nov 9 12:01:${int(r, 60)} dn228/dn228 crond(pam_unix)[${int(r, 9999)}]: session closed for user root`,
  (r) =>
    `03-17 16:13:${int(r, 60)}.811  1702 ${int(r, 9999)} D WindowManager: printFreezingDisplayLogsopening app wtoken = ${word(r)}, allDrawn= false, startingDisplayed = false`,
];

/** Lines that hold such a word, and no secret. */
const similar: readonly Template[] = [
  (r) =>
    `< 2026-11-22 02:55:${int(r, 60)}.101 UTC >FATAL:  password authentication failed for user "${word(r)}"`,
  (r) =>
    `Nov 22 02:14:${int(r, 60)} manager sudo: root : TTY=unknown ; PWD=/opt/manager ; USER=cfyuser ; COMMAND=/opt/manager/env/bin/${word(r)} --id ${hex(r, 32)}`,
  (r) =>
    `${day(r)} [INFO] [manager_rest.rest] Creating secret: ${word(r)}_${word(r)} for ${word(r)}, checksum ${hex(r, 64)}`,
  (r) =>
    `${day(r)} [DEBUG] inputs: {'agent_user': '${word(r)}', 'password': {'get_secret': '${word(r)}_password'}, 'port': ${int(r, 60000)}}`,
  (r) =>
    `${day(r)} [INFO] token=android.os.BinderProxy@${hex(r, 7)} ${word(r)} AppWindowToken{${hex(r, 7)} token=Token{${hex(r, 7)} ActivityRecord{${hex(r, 7)}}}}`,
  (r) =>
    `REQ: curl -g -i -X GET https://${ip(r)}:8774/v2.1/servers -H "Accept: application/json" -H "X-Auth-Token: {SHA256}${hex(r, 64)}"`,
  (r) =>
    `${ip(r)} - - [22/Nov/2026:02:46:${int(r, 60)} +0000] "GET /api/v3.1/secrets/${word(r)}?_include=key HTTP/1.1" 200 ${int(r, 999)} "-" "python-requests/2.31.0"`,
  (r) =>
    `${day(r)}:INFO:mgmtworker - Connected to amqps://********:********@${word(r)}.internal:5671/rabbitmq_vhost_${word(r)}`,
  (r) =>
    `Dec 10 06:55:${int(r, 60)} LabSZ sshd[${int(r, 30000)}]: Failed password for invalid user ${word(r)} from ${ip(r)} port ${int(r, 60000)} ssh2`,
  (r) => `${day(r)} [DEBUG] "token_ttl": ${int(r, 9999)}, "token_type": "bearer", "scope": "${word(r)}"`,
];

/** Lines with a secret. */
const leaks: readonly ((secret: string) => string)[] = [
  (s) => `Running: ['openssl', 'passwd', '-apr1', '${s}']`,
  (s) => `Running: ['rabbitmqctl', 'add_user', 'cloudify', '${s}']`,
  (s) => `CRITICAL:root:PASSWORD: ${s}`,
  (s) => `connecting to amqps://cloudify:${s}@10.0.0.5:5671/`,
  (s) => `{"username": "ops", "password": "${s}"}`,
  (s) => `request header:  Authorization: Basic ${Buffer.from(`admin:${s}`).toString('base64')}`,
  (s) => `STATEMENT:  CREATE USER cloudify WITH PASSWORD '${s}'`,
  (s) => `{default_user,<<"cloudify">>},{default_pass,<<"${s}">>}`,
];

function leakyLine(random: Random, planted: string[]): string {
  const secret = `${hex(random, 4)}K${word(random).slice(0, 3)}-${String(1000 + Number(int(random, 8999)))}Qz`;
  planted.push(secret);
  return `${day(random)} [DEBUG] ${pick(leaks, random)(secret)}`;
}

const verbs = ['Creating', 'Updating', 'Deleting', 'Listing', 'Restoring', 'Validating'];
const states = ['started', 'succeeded', 'failed', 'rescheduled', 'sent', 'received'];
const paths = [
  'deployments',
  'secrets',
  'tokens',
  'executions',
  'blueprints',
  'events',
  'agents',
  'node-instances',
];
const syllables = 'ka mo ri te lu san dor vel pin gra tho mi nex ula bar cen ost'.split(' ');

function word(random: Random): string {
  return pick(syllables, random) + pick(syllables, random) + pick(syllables, random);
}
function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)] as T;
}
function int(random: Random, below: number): string {
  return String(Math.floor(random() * below));
}
function hex(random: Random, length: number): string {
  let text = '';
  while (text.length < length)
    text += Math.floor(random() * 0x100000000)
      .toString(16)
      .padStart(8, '0');
  return text.slice(0, length);
}
function uuid(random: Random): string {
  return [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-');
}
function ip(random: Random): string {
  return `10.${int(random, 255)}.${int(random, 255)}.${int(random, 255)}`;
}
function day(random: Random): string {
  return `2026-11-22 02:${int(random, 60).padStart(2, '0')}:${int(random, 60).padStart(2, '0')},${int(random, 999)}`;
}
