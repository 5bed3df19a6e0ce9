import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { needBinary } from '../../../fixtures/servers/needs';
import { freePort } from '../../protocol/http/peer';
import { makePki } from '../../protocol/http/pki';

/** What the fixture does otherwise than a sound manager. */
export interface Weakness {
  /** Port 80 serves the API. */
  readonly clearTextApi?: boolean;
  /** No request limit. */
  readonly unlimited?: boolean;
  /** Requests with an Execution-Token are not counted, as installed. */
  readonly tokensFree?: boolean;
  /** Requests a second, without a burst; instead of the manager's 10 with a burst of 30. */
  readonly rate?: number;
  readonly serverTokens?: boolean;
  readonly autoindex?: boolean;
}

/** Answers of the REST service behind nginx, by path; what is not here is answered as Cloudify 7.1 answers it. */
export type Upstream = Readonly<
  Record<string, { readonly status: number; readonly type?: string; readonly body: string }>
>;

export interface ManagerNginx {
  readonly ports: {
    readonly http: number;
    readonly https: number;
    readonly internal: number;
    readonly monitoring: number;
  };
  stop(): Promise<void>;
}

/** Debian's nginx with the listeners and locations that a Cloudify 7.1 manager has, in front of a REST service's answers. */
export async function startManagerNginx(
  weakness: Weakness = {},
  upstream: Upstream = {},
): Promise<ManagerNginx> {
  const pki = makePki();
  const rest = await startRest(upstream);
  const ports = {
    http: await freePort(),
    https: await freePort(),
    internal: await freePort(),
    monitoring: await freePort(),
  };
  mkdirSync(join(pki.directory, 'files/blueprints/default_tenant'), { recursive: true });
  writeFileSync(
    join(pki.directory, 'nginx.conf'),
    configuration(ports, (rest.address() as AddressInfo).port, weakness),
  );
  const child = spawn(needBinary('nginx'), ['-p', pki.directory, '-c', 'nginx.conf', '-e', 'error.log'], {
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  for (const port of Object.values(ports)) await accepting(port);
  return {
    ports,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rest.closeAllConnections();
      rest.close();
      pki.remove();
    },
  };
}

const unauthorized = {
  error_code: 'unauthorized_error',
  message: 'User unauthorized: No authentication info provided',
  server_traceback: null,
};
const premium = {
  error_code: 'missing_premium_package_error',
  message: 'This feature exists only in the premium edition of Cloudify.',
  server_traceback: null,
};
const werkzeug404 =
  '<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server.</p>\n';

async function startRest(upstream: Upstream): Promise<Server> {
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const given = upstream[path];
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, {
        'Content-Type': type,
        'X-Cloudify-Audit-Username': 'nobody',
        Vary: 'Cookie',
      });
      response.end(body);
    };
    if (given) send(given.status, given.type ?? 'application/json', given.body);
    else if (path === '/api/v3.1/ok') send(200, 'application/json', '"OK"\n');
    else if (path === '/api/v3.1/snapshot-status')
      send(200, 'application/json', '{"status": "not-running"}\n');
    else if (/^\/api\/v3(\.1)?\/(users|user-groups)$/.test(path))
      send(404, 'application/json', JSON.stringify(premium));
    else if (path.endsWith('no-such-endpoint')) send(404, 'text/html; charset=utf-8', werkzeug404);
    else if (path.startsWith('/api/')) send(401, 'application/json', JSON.stringify(unauthorized));
    else
      send(
        200,
        'text/html',
        '<!DOCTYPE html><html><head><title>Cloudify Management Console</title></head></html>',
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function configuration(ports: ManagerNginx['ports'], rest: number, weakness: Weakness): string {
  const limited = weakness.unlimited !== true;
  const rate = weakness.rate ?? 10;
  const hsts = 'add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;';
  const tls = 'ssl_certificate cert.pem; ssl_certificate_key key.pem;';
  const proxy = `proxy_pass http://rest; proxy_redirect off; proxy_set_header Host $host;
      proxy_hide_header X-Cloudify-Audit-Username;`;
  const locations = `
    location / {
      proxy_pass http://rest;
      add_header X-Frame-Options SAMEORIGIN always;
      ${hsts}
    }
    location ~ ^/(blueprints|executions|deployments|nodes|version|tokens) { rewrite ^/(.*)$ /api/v1/$1; }
    location /api/ { ${proxy} }
    location /api { return 404; }
    location /api/v3.1/audit { auth_request /resources-auth; proxy_pass http://rest; }
    location /resources {
      ${weakness.autoindex ? 'alias files; autoindex on;' : 'auth_request /resources-auth; proxy_pass http://rest/api/v3.1/file-server-proxy;'}
    }
    location /resources-local/ { internal; alias files/; }
    location /monitoring { auth_request /resources-auth; error_page 401 = @log-in; proxy_pass http://rest; }
    location @log-in { return 307 /console/login?redirect=$uri; }
    location /resources-auth { internal; proxy_pass http://rest/api/v3.1/file-server-auth; }`;
  const restServer = (port: number): string => `
  server {
    listen 127.0.0.1:${port} ssl http2; ${tls} ${hsts}
    ${limited ? `limit_req zone=ratelimit ${weakness.rate === undefined ? 'burst=30 delay=20' : ''};` : ''}
    ${locations}
  }`;
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; pid nginx.pid;
events { worker_connections 256; }
http {
  server_tokens ${weakness.serverTokens ? 'on' : 'off'};
  default_type application/octet-stream;
  access_log off;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  add_header Referrer-Policy same-origin always;
  add_header X-Content-Type-Options "nosniff" always;
  upstream rest { server 127.0.0.1:${rest}; }
  map $http_execution_token $counted { default $binary_remote_addr; ${weakness.tokensFree === true ? '"~.+" "";' : ''} }
  limit_req_zone $counted zone=ratelimit:1m rate=${rate}r/s;
  ${restServer(ports.https)}
  ${restServer(ports.internal)}
  server {
    listen 127.0.0.1:${ports.http};
    ${limited ? 'limit_req zone=ratelimit;' : ''}
    ${
      weakness.clearTextApi
        ? locations
        : `location ~ ^/api/ {
      return 400 '{"message": "SSL must be used for API access on SSL-enabled managers.", "error_code": "SSL_REQUIRED"}';
    }
    location / { return 308 https://$host$request_uri; }`
    }
  }
  server {
    listen 127.0.0.1:${ports.monitoring} ssl http2; ${tls} ${hsts}
    location ~ ^/monitoring { auth_basic "Cloudify Monitoring Service"; auth_basic_user_file htpasswd; proxy_pass http://rest; }
    location /cfylogs { alias files; auth_basic "Cloudify Monitoring Service"; auth_basic_user_file htpasswd; autoindex on; autoindex_format json; }
  }
}
`;
}

/** Resolves once something listens. */
export async function accepting(port: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const socket = connect(port, '127.0.0.1');
    const up = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => {
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    socket.destroy();
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`nginx does not listen on ${port}`);
}
