/** A way in which a secret stands in a log, and which kinds of secrets stand in it. */
export interface LeakForm {
  readonly name: string;
  readonly line: (secret: string) => string;
  readonly kind: 'password' | 'strong' | 'token';
}

type Line = LeakForm['line'];

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const pairs = (list: readonly (readonly [string, Line])[]): typeof list => list;
const forms: LeakForm[] = [];
const f = (name: string, line: Line, kind: LeakForm['kind'] = 'password'): void => {
  forms.push({ name, line, kind });
};

// key=value family
for (const k of [
  'password',
  'PASSWORD',
  'Password',
  'passwd',
  'db_password',
  'DB_PASSWORD',
  'admin-password',
  'adminPassword',
  'rootPassword',
  'user.password',
  'spring.datasource.password',
  'javax.persistence.jdbc.password',
  'ansible_ssh_pass',
  'ansible_become_pass',
  'ANSIBLE_VAULT_PASSWORD',
  'mysql_root_password',
  'MYSQL_ROOT_PASSWORD',
  'POSTGRES_PASSWORD',
  'LDAP_BIND_PASSWORD',
  'bindPassword',
  'SMTP_PASS',
  'smtp_password',
  'RABBITMQ_DEFAULT_PASS',
  'broker_pass',
  'ssh_password',
  'vcenter_password',
  'esxi_password',
  'os_password',
  'OS_PASSWORD',
  'GF_SECURITY_ADMIN_PASSWORD',
  'ES_PASSWORD',
  'keystorePassword',
  'truststore.password',
  'ssl.key.password',
  'sshPassphrase',
  'passphrase',
  'key_passphrase',
  'luks_passphrase',
  'proxy_password',
  'http_proxy_pass',
  'SSHPASS',
  'MYSQL_PWD',
  'PGPASSWORD',
  'REDIS_PASSWORD',
  'redis_pass',
  'snmp_auth_pass',
  'privpass',
  'authpass',
  'winrm_password',
  'domain_admin_password',
  'userPassword',
  'credential_password',
  'new_password',
  'old_password',
  'newPassword',
  'current_password',
  'confirm_password',
  'sudo_password',
  'become_password',
  'pwd',
  'dbpwd',
  'user_pwd',
])
  f('kv=' + k, (s) => `${k}=${s}`);
for (const k of [
  'password',
  'db_password',
  'adminPassword',
  'passwd',
  'pass',
  'rabbitmq_password',
  'ldap_password',
  'ssh_pass',
  'pwd',
  'passphrase',
])
  for (const [n, g] of pairs([
    ['yaml', (s) => `  ${k}: ${s}`],
    ['yamlq', (s) => `${k}: "${s}"`],
    ['yaml1q', (s) => `${k}: '${s}'`],
    ['json', (s) => `{"user": "ops", "${k}": "${s}", "port": 5432}`],
    ['jsonc', (s) => `{"${k}":"${s}"}`],
    ['jsonesc', (s) => `msg="{\\"${k}\\": \\"${s}\\", \\"x\\": 1}"`],
    ['json2', (s) => `{\\\\\\"${k}\\\\\\":\\\\\\"${s}\\\\\\"}`],
    ['py', (s) => `{'user': 'ops', '${k}': '${s}'}`],
    ['pyu', (s) => `{u'${k}': u'${s}'}`],
    ['pyb', (s) => `{b'${k}': b'${s}'}`],
    ['kwargs', (s) => `connect(host='db', ${k}='${s}', timeout=3)`],
    ['tuple', (s) => `[('user', 'ops'), ('${k}', '${s}')]`],
    ['ruby', (s) => `:${k} => "${s}", :port => 1`],
    ['rubynew', (s) => `{${k}: "${s}", port: 1}`],
    ['ini', (s) => `${k} = ${s}`],
    ['export', (s) => `+ export ${k.toUpperCase()}='${s}'`],
    ['toml', (s) => `${k} = "${s}"`],
    ['java', (s) => `Config(user=ops, ${k}=${s}, port=5)`],
    ['go', (s) => `&{User:ops ${k.charAt(0).toUpperCase() + k.slice(1)}:${s} Port:5}`],
    ['goq', (s) => `config.DB{User:"ops", ${k.charAt(0).toUpperCase() + k.slice(1)}:"${s}"}`],
    ['logfmt', (s) => `level=debug user=ops ${k}="${s}" msg=ok`],
    ['xml', (s) => `<${k}>${s}</${k}>`],
    ['xmla', (s) => `<db user="ops" ${k}="${s}"/>`],
    ['query', (s) => `"GET /login?user=ops&${k}=${encodeURIComponent(s)}&x=1 HTTP/1.1" 200`],
    ['form', (s) => `body: user=ops&${k}=${encodeURIComponent(s)}`],
    ['cli', (s) => `COMMAND=/usr/bin/tool --user ops --${k} ${s} --verbose`],
    ['clieq', (s) => `tool --${k}=${s} run`],
    ['argv', (s) => `Running: ['tool', '--${k}', '${s}', '-v']`],
    ['argvjson', (s) => `["tool","--${k}","${s}"]`],
    ['erl', (s) => `[{user,<<"ops">>},{${k},<<"${s}">>}]`],
    ['erls', (s) => `{${k},"${s}"}`],
    ['erlmap', (s) => `#{${k} => <<"${s}">>}`],
    ['html', (s) => `&quot;${k}&quot;:&quot;${s}&quot;`],
    ['soap', (s) => `<ns1:${k}>${s}</ns1:${k}>`],
    ['php', (s) => `'${k}' => '${s}',`],
    ['ps', (s) => `-${k} "${s}"`],
  ]))
    f(n + ':' + k, g);
// urls
for (const p of [
  'amqp',
  'amqps',
  'postgres',
  'postgresql',
  'postgresql+psycopg2',
  'mysql',
  'mysql+pymysql',
  'mongodb',
  'mongodb+srv',
  'redis',
  'rediss',
  'ldap',
  'ldaps',
  'http',
  'https',
  'ssh',
  'sftp',
  'ftp',
  'smb',
  'git+https',
  'jdbc:postgresql',
  'mssql+pyodbc',
  'nats',
  'mqtt',
  'imap',
  'smtp',
  'vnc',
  'rtsp',
  'socks5',
  'cassandra',
  'elasticsearch+https',
  'kafka',
  'oracle',
])
  f('url:' + p, (s) => `connect ${p}://svc:${encodeURIComponent(s)}@db.internal:5432/x`);
f('url-nouser', (s) => `redis://:${encodeURIComponent(s)}@cache:6379/0`);
f('url-esc', (s) => `{"url":"https:\\/\\/svc:${encodeURIComponent(s)}@h.internal\\/x"}`);
f(
  'url-enc',
  (s) => `proxy=http%3A%2F%2Fsvc%3A${encodeURIComponent(encodeURIComponent(s))}%40proxy.internal%3A3128`,
);
f('jdbc', (s) => `jdbc:mysql://db:3306/x?user=app&password=${encodeURIComponent(s)}&useSSL=true`);
f('ado', (s) => `Server=tcp:db,1433;Database=x;User ID=sa;Password=${s};Encrypt=True`);
f('ado-pwd', (s) => `Data Source=db;Uid=sa;Pwd=${s};`);
f('libpq', (s) => `conninfo: host=db port=5432 user=cloudify password=${s} dbname=cloudify_db`);
f('libpq-q', (s) => `host=db user=cloudify password='${s}' sslmode=require`);
f('dsn-go', (s) => `app:${s}@tcp(db:3306)/x?parseTime=true`);
f('oracle', (s) => `sqlplus scott/${s}@orcl`);
// commands
f('curl-u', (s) => `+ curl -sk -u admin:${s} https://10.0.0.5/api`);
f('curl-uq', (s) => `+ curl -sk -u 'admin:${s}' https://10.0.0.5/api`);
f('curl-user=', (s) => `curl --user=admin:${s} https://h`);
f('curl-argv', (s) => `['curl', '-s', '--user', 'admin:${s}', 'https://h']`);
f('wget', (s) => `wget --user=ops --password='${s}' https://h/x`);
f('wget2', (s) => `wget --http-user=ops --http-password=${s} https://h/x`);
f('sshpass', (s) => `sshpass -p '${s}' ssh root@10.0.0.9`);
f('sshpass2', (s) => `sshpass -p${s} scp a b:`);
f('mysql-p', (s) => `mysql -uroot -p${s} -e 'select 1'`);
f('mysql-q', (s) => `mysql -u root -p'${s}' db`);
f('mysqldump', (s) => `mysqldump --user=root --password=${s} db`);
f('mysqladmin', (s) => `mysqladmin -u root -p${s} shutdown`);
f('psql-env', (s) => `PGPASSWORD='${s}' psql -h db -U cloudify`);
f('psql-c', (s) => `psql -c "ALTER USER cloudify WITH PASSWORD '${s}'"`);
f('createuser', (s) => `CREATE ROLE app LOGIN ENCRYPTED PASSWORD '${s}';`);
f('identified', (s) => `CREATE USER 'app'@'%' IDENTIFIED BY '${s}';`);
f('identified-with', (s) => `ALTER USER 'root'@'localhost' IDENTIFIED WITH mysql_native_password BY '${s}';`);
f('grant', (s) => `GRANT ALL ON db.* TO 'app'@'%' IDENTIFIED BY '${s}' WITH GRANT OPTION`);
f('mssql', (s) => `CREATE LOGIN app WITH PASSWORD = '${s}';`);
f('set-password', (s) => `SET PASSWORD FOR 'root'@'localhost' = '${s}';`);
f('mongo-createuser', (s) => `db.createUser({user: "app", pwd: "${s}", roles: []})`);
f('mongo-cli', (s) => `mongosh --host db -u app -p ${s} --authenticationDatabase admin`);
f('redis-cli', (s) => `redis-cli -h cache -a ${s} ping`);
f('redis-auth', (s) => `1700000000.1 [0 10.0.0.5:1234] "AUTH" "${s}"`);
f('redis-requirepass', (s) => `CONFIG SET requirepass "${s}"`);
f('rabbit-add', (s) => `Running: ['rabbitmqctl', 'add_user', 'cloudify', '${s}']`);
f('rabbit-change', (s) => `rabbitmqctl change_password cloudify '${s}'`);
f('rabbit-auth', (s) => `rabbitmqctl authenticate_user cloudify ${s}`);
f('rabbit-admin', (s) => `rabbitmqadmin -u cloudify -p ${s} list queues`);
f('openssl-passin', (s) => `openssl rsa -in k.pem -passin pass:${s} -out o`);
f('openssl-argv', (s) => `['openssl', 'pkcs12', '-export', '-passout', 'pass:${s}']`);
f('openssl-passwd', (s) => `openssl passwd -6 ${s}`);
f('openssl-k', (s) => `openssl enc -aes-256-cbc -k ${s} -in a`);
f('htpasswd', (s) => `htpasswd -bB /etc/nginx/.htpasswd admin ${s}`);
f('htpasswd-argv', (s) => `['htpasswd', '-nb', 'admin', '${s}']`);
f('chpasswd', (s) => `echo "root:${s}" | chpasswd`);
f('passwd-stdin', (s) => `echo '${s}' | passwd --stdin root`);
f('sudo-S', (s) => `echo ${s} | sudo -S -u root id`);
f('keytool', (s) => `keytool -importkeystore -srcstorepass ${s} -deststorepass other9Xq`);
f('keytool2', (s) => `keytool -genkey -keystore k.jks -storepass '${s}' -keypass '${s}'`);
f('ldapsearch', (s) => `ldapsearch -x -H ldap://h -D cn=admin,dc=x -w ${s} -b dc=x`);
f('ldapadd', (s) => `ldapadd -D "cn=admin" -w '${s}' -f x.ldif`);
f('ldappasswd', (s) => `ldappasswd -s ${s} uid=a,dc=x`);
f('docker-login', (s) => `docker login -u ci -p ${s} registry.internal`);
f('docker-login2', (s) => `docker login --username ci --password ${s} registry.internal`);
f('helm', (s) => `helm repo add x https://h --username ci --password ${s}`);
f('kubectl-secret', (s) => `kubectl create secret generic db --from-literal=password=${s}`);
f('oc-login', (s) => `oc login https://api:6443 -u admin -p ${s}`);
f('az', (s) => `az login --service-principal -u 8b1c -p ${s} --tenant t`);
f('ipmi', (s) => `ipmitool -I lanplus -H 10.0.0.9 -U ADMIN -P ${s} power status`);
f('snmp-c', (s) => `snmpwalk -v2c -c ${s} 10.0.0.9`);
f('snmp-3', (s) => `snmpget -v3 -u u -l authPriv -a SHA -A ${s} -x AES -X otherPriv9 10.0.0.9`);
f('smb', (s) => `smbclient //h/share -U 'DOM\\svc%${s}'`);
f('mount-cifs', (s) => `mount -t cifs //h/s /mnt -o username=svc,password=${s},vers=3.0`);
f('net-user', (s) => `net user svc ${s} /add`);
f('net-use', (s) => `net use Z: \\\\h\\s /user:DOM\\svc ${s}`);
f('winrm', (s) => `winrs -r:h -u:svc -p:${s} dir`);
f('psexec', (s) => `psexec \\\\h -u svc -p ${s} cmd`);
f('pwsh', (s) => `ConvertTo-SecureString "${s}" -AsPlainText -Force`);
f('viserver', (s) => `Connect-VIServer -Server vc -User administrator@vsphere.local -Password ${s}`);
f('govc', (s) => `GOVC_PASSWORD=${s} govc about`);
f('ovftool', (s) => `ovftool x.ova 'vi://administrator%40vsphere.local:${encodeURIComponent(s)}@vc/dc'`);
f('cfy-profiles', (s) => `cfy profiles use 10.0.0.5 -u admin -p ${s} -t default_tenant`);
f('cfy-set', (s) => `cfy profiles set --manager-password ${s}`);
f('cfy-secret', (s) => `cfy secrets create db_pw -s ${s}`);
f('cfy-secret-upd', (s) => `cfy secrets update db_pw --secret-string '${s}'`);
f('cfy-user', (s) => `cfy users create bob -p ${s} -r default`);
f('cfy-user-pw', (s) => `cfy users set-password bob -p ${s}`);
f('cfy-mgr', (s) => `COMMAND=/usr/bin/cfy_manager install --private-ip 10.0.0.5 --admin-password ${s}`);
f('cfy-mgr-a', (s) => `cfy_manager install -a ${s} --private-ip 10.0.0.5`);
f('cfy-reset', (s) => `cfy_manager reset-admin-password ${s}`);
f(
  'cfy-reset-argv',
  (s) => `['/opt/manager/env/bin/python', '/opt/manager/scripts/reset_admin_password.py', '${s}']`,
);
f(
  'cfy-body',
  (s) =>
    `Sending request: PUT https://10.0.0.5/api/v3.1/secrets/db; body: {"value": "${s}", "update_if_exists": true}`,
);
f(
  'cfy-body2',
  (s) =>
    `Sending request: POST https://10.0.0.5/api/v3.1/users; body: {"username": "bob", "password": "${s}"}`,
);
f(
  'cfy-ldap',
  (s) =>
    `PUT /api/v3.1/ldap body: {"ldap_server": "ldap://x", "ldap_username": "a", "ldap_password": "${s}"}`,
);
f(
  'cfy-inputs',
  (s) =>
    `Executing operation with inputs: {'fabric_env': {'host': '10.0.0.9', 'user': 'centos', 'password': '${s}'}}`,
);
f('cfy-agent', (s) => `"cloudify_agent": {"user": "centos", "password": "${s}", "install_method": "remote"}`);
f('cfy-rest-sec', (s) => `{"hash_salt": "${s}", "secret_key": "x", "encoding_alphabet": "y"}`, 'token');
f(
  'cfy-broker',
  (s) =>
    `broker_config: {'broker_hostname': '10.0.0.5', 'broker_user': 'agent', 'broker_pass': '${s}', 'broker_vhost': '/'}`,
);
f('kinit', (s) => `echo '${s}' | kinit admin@REALM`);
f('systemd-env', (s) => `Environment="DB_PASSWORD=${s}" "X=1"`);
f('systemd-exec', (s) => `ExecStart=/usr/bin/exporter --web.password=${s}`);
f('ps-line', (s) => `root 1234 0.0 java -Ddb.password=${s} -jar x.jar`);
f('jvm-D', (s) => `-Djavax.net.ssl.keyStorePassword=${s}`);
f('environ', (s) => `environ({'HOME': '/root', 'DB_PASSWORD': '${s}'})`);
f('php-wp', (s) => `define('DB_PASSWORD', '${s}');`);
f('terraform', (s) => `admin_password = "${s}"`);
f('tf-plan', (s) => `  + password     = "${s}"`);
f('hiera', (s) => `mysql::root_password: '${s}'`);
f('netrc', (s) => `machine h login ops password ${s}`);
f('pgpass', (s) => `db.internal:5432:cloudify_db:cloudify:${s}`);
f('ansible-ini', (s) => `web1 ansible_host=10.0.0.9 ansible_user=root ansible_password=${s}`);
f('cloud-init', (s) => `plain_text_passwd: '${s}'`);
f('cloud-init2', (s) => `chpasswd:\n  list: |\n    centos:${s}\n  expire: False`);
f('cloud-init3', (s) => `    - name: centos\n      password: ${s}\n      type: text`);
f('prose-is', (s) => `Your temporary password is ${s}`, 'strong');
f('prose-gen', (s) => `A temporary password is generated for root@localhost: ${s}`, 'strong');
f('prose-set', (s) => `Admin password set to: ${s}`, 'strong');
f('prose-login', (s) => `Logging in as admin with password "${s}"`, 'strong');
f('prose-try', (s) => `trying password ${s} for user root`, 'strong');
f('prose-user/pass', (s) => `Using credentials admin/${s}`, 'strong');
f('prose-user:pass', (s) => `credentials: admin:${s}`, 'strong');
f(
  'jenkins-init',
  (s) => `Please use the following password to proceed to installation:\n\n${s}\n\nThis may also be found at`,
);
f('elastic', (s) => `Password for the elastic user (reset with bin/elasticsearch-reset-password): ${s}`);
f('minio', (s) => `RootUser: minioadmin  RootPass: ${s}`);
f('ldif', (s) => `userPassword: ${s}`);
f('ldif64', (s) => `userPassword:: ${base64(s)}`);
f(
  'unattend',
  (s) => `<AdministratorPassword><Value>${s}</Value><PlainText>true</PlainText></AdministratorPassword>`,
);
f(
  'wsse',
  (s) =>
    `<wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">${s}</wsse:Password>`,
);
f(
  'vsphere-soap',
  (s) =>
    `<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><userName>root</userName><password>${s}</password></Login>`,
);
f(
  'keystone',
  (s) =>
    `{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "admin", "domain": {"id": "default"}, "password": "${s}"}}}}}`,
);
f('basic-hdr', (s) => `Authorization: Basic ${base64('admin:' + s)}`);
f('basic-curlv', (s) => `> Authorization: Basic ${base64('admin:' + s)}`);
f('basic-proxy', (s) => `Proxy-Authorization: Basic ${base64('admin:' + s)}`);
f('basic-py', (s) => `{'Authorization': 'Basic ${base64('admin:' + s)}', 'Accept': '*/*'}`);
f(
  'basic-bytes',
  (s) => `send: b'GET / HTTP/1.1\\r\\nHost: h\\r\\nAuthorization: Basic ${base64('admin:' + s)}\\r\\n\\r\\n'`,
);
f('basic-esc', (s) => `{\\"Authorization\\":\\"Basic ${base64('admin:' + s)}\\"}`);
f('basic-erl', (s) => `{"authorization","Basic ${base64('admin:' + s)}"}`);
f('basic-erlb', (s) => `{<<"authorization">>,<<"Basic ${base64('admin:' + s)}">>}`);
f('basic-tuple', (s) => `('Authorization', 'Basic ${base64('admin:' + s)}')`);
f('basic-env', (s) => `HTTP_AUTHORIZATION: Basic ${base64('admin:' + s)}`);
f('basic-go', (s) => `map[Authorization:[Basic ${base64('admin:' + s)}] Accept:[*/*]]`);
f('docker-auth', (s) => `{"auths":{"r.internal":{"auth":"${base64('ci:' + s)}"}}}`);
f('npm-auth', (s) => `//r.internal/:_auth=${base64('ci:' + s)}`);
f('npm-pass', (s) => `//r.internal/:_password=${base64(s)}`);
f('pypirc', (s) => `username = ci\npassword = ${s}`);
f('gitcred', (s) => `https://ci:${encodeURIComponent(s)}@git.internal`);
f('k8s-secret-yaml', (s) => `data:\n  password: ${base64(s)}`);
f('k8s-env', (s) => `- name: DB_PASSWORD\n  value: "${s}"`);
f('k8s-env-json', (s) => `{"name":"DB_PASSWORD","value":"${s}"}`);
f('aws-env-json', (s) => `{"Key": "DbPassword", "Value": "${s}"}`);
f('cfn-param', (s) => `ParameterKey=DBPassword,ParameterValue=${s}`);
f('wpa', (s) => `wpa_passphrase=${s}`);
f('psk', (s) => `ipsec_psk: "${s}"`);
f('radius', (s) => `radius_secret = ${s}`, 'strong');
f('radtest', (s) => `radtest bob ${s} 10.0.0.1 0 testing123`);
f('tacacs', (s) => `tacacs-server key ${s}`);
f('cisco', (s) => `username admin privilege 15 password 0 ${s}`);
f('cisco-enable', (s) => `enable secret ${s}`);
f('snmp-server', (s) => `snmp-server community ${s} RO`);
f(
  'spring',
  (s) => `o.s.b.a.s.s.UserDetailsServiceAutoConfiguration : Using generated security password: ${s}`,
);
// tokens
for (const k of [
  'token',
  'access_token',
  'accessToken',
  'auth_token',
  'api_token',
  'refresh_token',
  'id_token',
  'session_token',
  'sessionToken',
  'secret',
  'client_secret',
  'clientSecret',
  'shared_secret',
  'app_secret',
  'secret_key',
  'secretKey',
  'SECRET_KEY',
  'api_key',
  'apiKey',
  'API_KEY',
  'access_key',
  'private_key',
  'encryption_key',
  'aws_secret_access_key',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'CONSUL_HTTP_TOKEN',
  'VAULT_TOKEN',
  'GITHUB_TOKEN',
  'NPM_TOKEN',
  'SLACK_TOKEN',
  'DATADOG_API_KEY',
  'DD_API_KEY',
  'CLOUDIFY_TOKEN',
  'rest_token',
  'manager_token',
  'hash_salt',
  'signing_key',
  'jwt_secret',
  'session_secret',
  'cookie_secret',
  'webhook_secret',
  'service_account_key',
  'storage_key',
  'account_key',
  'ssh_key',
  'auth_key',
  'tls_key',
  'ERLANG_COOKIE',
  'RABBITMQ_ERLANG_COOKIE',
  'erlang_cookie',
  'bearer_token',
  'otp_secret',
  'totp_secret',
  'hmac_key',
  'hmac_secret',
  'fernet_key',
  'license_key',
  'join_token',
  'bootstrap_token',
  'unseal_key',
  'root_token',
  'master_key',
  'x-api-key',
  'sas_token',
  'connection_secret',
  'consumer_secret',
  'oauth_token',
  'csrf_secret',
  'encryptionKey',
  'adminKey',
  'primaryKey',
  'functionKey',
  'ocp-apim-subscription-key',
])
  for (const [n, g] of pairs([
    ['kv', (s) => `${k}=${s}`],
    ['json', (s) => `{"${k}": "${s}"}`],
    ['py', (s) => `{'${k}': '${s}'}`],
    ['yaml', (s) => `${k}: ${s}`],
  ]))
    f(n + ':' + k, g, 'token');
for (const h of [
  'Authentication-Token',
  'Execution-Token',
  'X-Auth-Token',
  'X-Subject-Token',
  'X-Vault-Token',
  'X-Api-Key',
  'PRIVATE-TOKEN',
  'X-Consul-Token',
  'X-Access-Token',
  'Api-Key',
  'apikey',
  'X-Amz-Security-Token',
  'x-ms-token',
  'X-GitHub-Token',
  'X-JFrog-Art-Api',
  'X-Service-Token',
  'Token',
  'X-Session-Token',
  'vmware-api-session-id',
  'X-Rundeck-Auth-Token',
  'X-Redmine-API-Key',
  'X-Functions-Key',
  'Ocp-Apim-Subscription-Key',
  'X-N-Token',
])
  for (const [n, g] of pairs([
    ['hdr', (s) => `> ${h}: ${s}`],
    ['hdrpy', (s) => `{'${h}': '${s}', 'Accept': '*/*'}`],
    ['hdrcurl', (s) => `curl -H "${h}: ${s}" https://h`],
  ]))
    f(n + ':' + h, g, 'token');
f('bearer', (s) => `Authorization: Bearer ${s}`, 'token');
f('bearer-lc', (s) => `'authorization': 'bearer ${s}'`, 'token');
f('bearer-b', (s) => `b'Authorization: Bearer ${s}\\r\\n'`, 'token');
f('token-sch', (s) => `Authorization: Token ${s}`, 'token');
f('apikey-sch', (s) => `Authorization: ApiKey ${s}`, 'token');
f('auth-raw', (s) => `Authorization: ${s}`, 'token');
f('auth-key=', (s) => `Authorization: GenieKey ${s}`, 'token');
f('bearer-go', (s) => `map[Authorization:[Bearer ${s}]]`, 'token');
f('bearer-erl', (s) => `{<<"authorization">>,<<"Bearer ${s}">>}`, 'token');
f('q-token', (s) => `"GET /x?access_token=${s} HTTP/1.1" 200`, 'token');
f('q-apikey', (s) => `GET /x?api_key=${s}&a=1`, 'token');
f('cookie', (s) => `Cookie: sessionid=${s}; theme=dark`, 'token');
f('setcookie', (s) => `Set-Cookie: session=${s}; Path=/; HttpOnly`, 'token');
f('cookie-js', (s) => `JSESSIONID=${s}`, 'token');
f('cli-token', (s) => `kubectl --token=${s} get pods`, 'token');
f('cli-token2', (s) => `tool --api-token ${s}`, 'token');
f('cli-key', (s) => `tool --api-key=${s}`, 'token');
f('cli-secret', (s) => `aws configure set aws_secret_access_key ${s}`, 'token');
f('vault-login', (s) => `vault login ${s}`, 'token');
f('gh-login', (s) => `echo ${s} | gh auth login --with-token`, 'token');
f('cookie-erl', (s) => `erl -sname x -setcookie ${s}`, 'token');
f('kube-token', (s) => `users:\n- name: admin\n  user:\n    token: ${s}`, 'token');
f('npm-tok', (s) => `//registry.npmjs.org/:_authToken=${s}`, 'token');
f('url-token', (s) => `https://oauth2:${s}@gitlab.internal/x.git`, 'token');
f('url-token2', (s) => `https://${s}@github.com/org/x.git`, 'token');
f('xml-tok', (s) => `<apiKey>${s}</apiKey>`, 'token');
f('xml-tok2', (s) => `<add key="ApiKey" value="${s}" />`, 'token');
f('k8s-env-tok', (s) => `{"name": "API_TOKEN", "value": "${s}"}`, 'token');
f('prose-tok', (s) => `Generated token ${s} for user admin`, 'token');
f('prose-tok2', (s) => `Token: ${s}`, 'token');
f('tok-created', (s) => `created API key ${s}`, 'token');

// key and value apart: structures, sentences, calls
f('tf-output', (s) => `{"app_password": {"sensitive": true, "type": "string", "value": "${s}"}}`);
f('output-list', (s) => `  - "vm_password":\n      Description: first login\n      Value: ${s}`);
f('secret-shown', (s) => `\tkey:         smtp\n\tvalue:       ${s}\n\tvisibility: tenant`);
f('secret-dict', (s) => `{'key': 'smtp', 'value': '${s}', 'is_hidden_value': True}`);
f('env-far', (s) => `[{'name': 'ADMIN_PASSWORD',\n             'value': '${s}'}]`);
f('evaluated', (s) => `get_secret(smtp) evaluated to "${s}"`);
f('with-creds', (s) => `cannot log in with credentials ('ops', '${s}')`);
f('bind-call', (s) => `SimpleLDAPObject.simple_bind(('cn=ops,dc=x', '${s}', None, None), {})`);
f('told-is', (s) => `Temporary password for user ops is: ${s}`, 'strong');
f('told-below', (s) => `The password for the built-in user is:\n   ${s}\n`);
f('generated', (s) => `manager password not given, generated: ${s}`);
f('u-dict', (s) => `{u'secret_access_key': u'${s}'}`, 'token');
f('pair-key', (s) => `OrderedDict([('aws_secret_access_key', '${s}')])`, 'token');
f('spew', (s) => ` Password: (string) (len=14) "${s}",`);
f('erl-map-bin', (s) => `#{<<"user">> => <<"ops">>,<<"password">> => <<"${s}">>}`);
f('amqp-strings', (s) => `{amqp_params_direct,"ops","${s}","/"}`);
f('sasl-raw', (s) => `StartOk(mechanism='PLAIN', response=b'\\x00ops\\x00${s}')`);
f('sql-shell', (s) => `psql -c 'ALTER USER ops WITH PASSWORD '\\''${s}'\\'''`);
f('pgcrypto', (s) => `SELECT pgp_sym_encrypt(body, '${s}')`);
f('copy', (s) => `COPY t (id, name, api_token) FROM stdin;\n7\tops\t${s}\n\\.`, 'token');
f('csv', (s) => `username,password,role\nops,${s},admin`);
f('etcdctl', (s) => `etcdctl --user root:${s} member list`, 'strong');
f('supervisorctl', (s) => `supervisorctl -u ops -p ${s} status`);
f('authtok', (s) => `ldap_default_authtok = ${s}`);
f('vault-table', (s) => `Key       Value\n---       -----\npassword  ${s}\nuser      ops`);

export const leakForms: readonly LeakForm[] = forms;
