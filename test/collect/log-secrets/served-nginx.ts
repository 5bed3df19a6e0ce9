import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needBinary } from '../../../fixtures/servers/needs';
import { freePort } from '../../protocol/http/peer';
import { makePki } from '../../protocol/http/pki';
import { accepting } from '../http-surface/manager-nginx';

export interface LogNginx {
  readonly port: number;
  readonly caDer: Uint8Array;
  /** Served as /cfylogs. */
  readonly logs: string;
  stop(): Promise<void>;
}

/** Debian's nginx with the location that a Cloudify 7.1 manager has for its logs. */
export async function startLogNginx(format: 'json' | 'html', password: string): Promise<LogNginx> {
  const pki = makePki();
  const port = await freePort();
  const logs = join(pki.directory, 'cloudify');
  mkdirSync(logs);
  const hash = execFileSync('openssl', ['passwd', '-apr1', '-stdin'], { input: password }).toString().trim();
  writeFileSync(join(pki.directory, 'htpasswd'), `monitoring_user:${hash}\n`);
  writeFileSync(
    join(pki.directory, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user nobody nogroup;' : ''}
daemon off; worker_processes 1; pid nginx.pid;
events { worker_connections 64; }
http {
  default_type application/octet-stream; access_log off; sendfile on;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  server {
    listen 127.0.0.1:${String(port)} ssl http2; ssl_certificate cert.pem; ssl_certificate_key key.pem;
    location /cfylogs {
      alias ${logs};
      auth_basic "Cloudify Monitoring Service"; auth_basic_user_file htpasswd;
      autoindex on; ${format === 'json' ? 'autoindex_format json;' : ''}
    }
  }
}
`,
  );
  execFileSync('chmod', ['-R', 'a+rX', pki.directory]);
  const child = spawn(needBinary('nginx'), ['-p', pki.directory, '-c', 'nginx.conf', '-e', 'error.log'], {
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await accepting(port);
  return {
    port,
    caDer: pki.caDer,
    logs,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      pki.remove();
    },
  };
}
