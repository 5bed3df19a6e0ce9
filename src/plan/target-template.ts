/**
 * A target file to fill in. Prose follows `# `; a line that begins with `#` and no space is an example that becomes
 * valid when the `#` is removed.
 */
export function targetTemplate(): string {
  return template;
}

const template = `# The deployment to audit. Only "name" and one manager are required; what is left out is reported as not
# established. \${NAME} stands for an environment variable in any text, and relative paths start at this file's folder.
# Look before you run: cfy-audit plan target.yaml

name: my-cloudify
# In quotes: YAML reads 7.0 as the number 7.
#version: "7.1"

managers:
  - name: manager-1
    # Private address, which the other nodes dial. Certificates must name it.
    address: 192.0.2.10
    # Certificates must name these as well, if they are dialled.
    #hostname: manager-1.example.com
    #networks: { default: 192.0.2.10, dmz: manager-1.dmz.example.com }
    #addresses: [manager-1, 2001:db8::10]
    # What users dial, if it differs (public_ip): the external certificate must name it.
    #publicName: cloudify.example.com
    # How this machine reaches the node, if not by its address (tunnel, forward). Certificates need not name it.
    #dial: 127.0.0.1
    #ports: { http: 80, https: 443, internal: 53333, monitoring: 8009 }
    # Documented port: port to dial instead.
    #portMap: { 8100: 18100, 22: 10022 }

# RabbitMQ and PostgreSQL. A manager with its own broker and database is listed here too, under the same name and address.
#brokers:
#  - name: rabbit-1
#    address: 192.0.2.20
#    hostname: rabbit-1.example.com
#    networks: { default: 192.0.2.20 }
#    ports: { amqps: 5671, management: 15671 }
#databases:
#  - name: database-1
#    address: 192.0.2.30
#    ports: { postgresql: 5432 }

# Certificates of the CAs (PEM or DER, one file or a list) that must have signed what agents and services see
# (internal) and what users see (external; "system" for the public CAs). On a manager the internal one is
# /etc/cloudify/ssl/cloudify_internal_ca_cert.pem. Never copy a CA's key here.
#ca:
#  internal: cloudify_internal_ca_cert.pem
#  external: system
#  crls: cloudify_internal_ca.crl
# CRL and OCSP services that certificates name are asked, over http, only on hosts that are listed here. They lie outside the
# deployment, and learn which certificates are audited.
#  online: [pki.example.org, "10.0.0.9:8080"]

# Left out: the tenants of the users below.
#tenants: [default_tenant, tenant_a]

# Accounts made for the audit, one for each role and tenant to be looked at. A credential never stands in this file: it
# is '\${NAME}' from the environment, a file of one line (mode 0600), or asked for at the terminal.
#users:
#  - username: audit-alice
#    name: alice
#    password: '\${ALICE_PASSWORD}'
#    tenants: { tenant_a: user }
#  - username: audit-admin
#    password: { prompt: true }
#    token: { file: audit-admin.token }
#    systemRole: sys_admin
# An account or token can be there for a test of its own: a deactivated account, a token that has expired or was revoked,
# an account on which one wrong password may be tried (the right one is sent before and after).
#  - username: audit-gone
#    password: { file: audit-gone.password }
#    token: { file: audit-gone.token }
#    purpose: [deactivated]
#  - username: audit-dora
#    password: { file: audit-dora.password }
#    token: { file: audit-dora-expired.token }
#    tenants: { tenant_a: viewer }
#    purpose: [wrong-password, expired-token]

# The account of port 8009 (prometheus.credentials in the managers' config.yaml): with it the logs that managers serve at
# /cfylogs are read and searched. It is sent over TLS that the internal CA verifies, and to managers only.
#monitoring: { username: monitoring_user, password: { file: monitoring.password } }

# Logs copied to or mounted on this machine: files, folders, globs; "-" is standard input.
#logs:
#  - node: manager-1
#    paths: [manager-1/var/log/cloudify, "manager-1/var/log/messages*"]

# Certificates and keys as they lie on the nodes (compared with what is served), and the CA that agents and CLI profiles
# trust (compared with the CA that signs what is served). Copies or mounts; no key is kept, no encrypted key opened.
#certificates:
#  - node: manager-1
#    paths: [manager-1/etc/cloudify/ssl, "manager-1/var/lib/pgsql/14/data/*.crt"]
#  - { node: agent-7, holder: agent, paths: [agent-7/cloudify/ssl] }
#  - { node: alice, holder: cli, paths: [alice/.cloudify] }

# Lists of the keys of Debian's generator of 2006 to 2008, by key size (openssl-blacklist's format: 20 digits a line).
#weakKeys: { 1024: RSA-1024, 2048: RSA-2048, 3072: RSA-3072, 4096: RSA-4096 }

# Secrets of the deployment that its logs must not hold, in whatever encoding. Found without being stored or sent.
#secrets:
#  - name: broker password
#    value: { file: broker.password }

# Found credentials that may stay where they are, until a day; and a key by which fingerprints are the same in every run.
#leaks:
#  fingerprintKey: { file: fingerprints.key }
#  allow:
#    - { detector: password-field, path: "**/installer.log*", reason: replaced in March, expires: 2999-03-31 }
#    - { fingerprint: 0123456789abcdef0123456789abcdef, reason: a test account, expires: 2999-03-31 }

# The documented default passwords are tried, each once, on the services above. "skip" leaves them untried.
#defaults: try
# Endpoints of the REST API that Cloudify 7.1 does not have (rules/endpoints/endpoints.schema.json says how to write them).
#endpoints: endpoints.yaml

# Under --allow-write, what may be planted beside resources of tenants: accounts for roles that nobody above stands for,
# and a tenant (premium edition, with an administrator above).
#canaries: { users: true, tenants: true }

# Last days of support by contract, where publishers name none or earlier ones (rules/support.yaml).
#support: { cloudify-manager: 2027-12-31, operating-system: 2029-05-31, rabbitmq: 2027-12-31 }

# How many archives a tenant are downloaded and searched for credentials, and of how many MiB; left out, none.
#archives: { blueprints: 20, plugins: 0, mebibytes: 64 }

# Where this machine stands; left out, it is derived. Behind a tunnel write "network".
#vantage: network

# Requests and connections per second and address (the manager refuses beyond 10), times in seconds. rateLimitTest: one
# burst of at most 60 requests at the end shows whether the manager limits them.
#limits: { requestsPerSecond: 7, connectTimeout: 10, subjectTimeout: 60, concurrency: 4, apiRequests: standard, rateLimitTest: false }

# How tenants are tried against each other: quick, full, pairwise, sampled (draws the same sample for the same word), skip.
#isolation: { plan: quick, requests: 3000, sample: spring }
`;
