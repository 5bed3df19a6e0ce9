/**
 * Lines as many systems write them, none with a word that a detector looks for: of them it is learnt which bytes are common
 * in logs. What is found does not depend on it, only how long the search takes.
 */
export const sample = String.raw`2026-11-22 02:55:37,418 [INFO] [manager_rest.rest] Listing deployments in tenant default_tenant took 128ms
2026-11-22 02:14:06.753 UTC >LOG:  duration: 341.906 ms  statement: SELECT id, display_name FROM executions WHERE _tenant_id = 27 AND visibility = 'TENANT' ORDER BY created_at
< 2026-11-22 02:55:10.101 UTC >LOG:  checkpoint complete: wrote 483 buffers (2.9%); 0 WAL file(s) added, 0 removed, 3 recycled; write=48.281 s, sync=0.004 s, total=48.310 s; distance=4012 kB
2026-11-22 02:55:10.882910+00:00 [info] <0.8471.0> accepting AMQP connection <0.8471.0> (10.0.4.17:51834 -> 10.0.4.9:5671): user 'cloudify' authenticated and granted access to vhost '/'
10.0.4.17 - admin [22/Nov/2026:02:46:18 +0000] "GET /api/v3.1/node-instances?_offset=500&_size=1000&deployment_id=web HTTP/1.1" 200 18340 "https://10.0.4.9/console/page/blueprints" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36" "-" [0.093 sec]
2026-11-22 02:14:06,120:INFO:mgmtworker - [network_7c41e9.create] Task started cloudify_openstack.network.create [retry 1/60]
2026-11-22 02:14:08,992 [DEBUG] [cloudify.dispatch] Task 5d0c19b2-8e7f-4a36-91c4-6f02ab83de57 rescheduled on queue default_tenant_workflows
2026-11-22 02:14:09,310 [ERROR] Traceback (most recent call last): File "/opt/manager/env/lib/python3.11/site-packages/flask/app.py", line 1823, in full_dispatch_request
Nov 22 02:14:11 manager systemd[1]: Started Session 2841 of user root.
Nov 22 02:14:12 manager kernel: [48211.093817] eth0: link is up at 1000 Mbps, full duplex, flow control: rx/tx
Nov 22 02:14:13 manager sshd[18264]: Accepted publickey for centos from 10.0.4.2 port 50712 ssh2: RSA SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8
Nov 22 02:14:13 manager sshd(pam_unix)[18264]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=10.0.4.2 user=root
Nov 22 02:14:14 manager sudo: pam_unix(sudo:session): session opened for user root by (uid=0)
Nov 22 02:15:01 manager CROND[19022]: (root) CMD (/usr/lib64/sa/sa1 1 1)
{"time":"2026-11-22T02:55:41.207Z","level":"info","logger":"controller","msg":"reconciled deployment","object":{"kind":"Deployment","name":"web-7f9c4","namespace":"kube-system"},"durationMs":1847,"error":null}
I1122 02:55:41.207318       1 reflector.go:255] Listing and watching *v1.Node from k8s.io/client-go/informers/factory.go:134
17/06/09 20:10:48 INFO storage.BlockManager: Found block rdd_42_7 locally in 12 ms
2015-10-18 18:01:47,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Executing with attempt for application_1445144423722_0020
081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 for block blk_38865049064139660 terminating, received block of size 67108864 from /10.0.4.17
[Sun Dec 04 04:51:18 2005] [notice] workerEnv.init() ok /etc/httpd/conf/workers2.properties
nova-compute.log 2017-05-16 00:00:04.500 2931 INFO nova.virt.libvirt.imagecache [req-addc1839-2ed5-4778-b57e-5854eb7b8b09 113d3a99c3da401fbd62cc2caa5b96d2 54fadb412c4e40cdbaed9335e4c35a9e - - -] 10.11.10.1 "GET /v2/54fadb412c4e40cdbaed9335e4c35a9e/servers/detail HTTP/1.1" status: 200 len: 1893 time: 0.2477829
03-17 16:13:38.811  1702  2395 D WindowManager: printFreezingDisplayLogsopening app window, allDrawn= false, startingDisplayed = false, startingMoved = false, isRelaunching = false
2026-11-22 02:55:42.604  INFO 4821 --- [nio-8080-exec-3] o.s.web.servlet.DispatcherServlet : Completed initialization in 5 ms
time="2026-11-22T02:55:43Z" level=warning msg="container did not exit within 10 seconds of signal 15" module=libcontainerd namespace=moby
2026-11-22 02:55:44,001 INFO [org.apache.zookeeper.server.NIOServerCnxn] Closed socket connection for client /10.0.4.21:41272 which had sessionid 0x14ed93111f20057
type=SYSCALL msg=audit(1763780144.118:9021): arch=c000003e syscall=2 success=yes exit=3 ppid=1 pid=2210 auid=4294967295 uid=0 gid=0 comm="nginx" exe="/usr/sbin/nginx"
- 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond(pam_unix)[2915]: session closed for user root
2026-11-22 02:55:45,310 [INFO] [manager_rest.storage] Blueprint archive hello-world.tar.gz sha256 4f1c9e0a77b2d85364ac1be90f23d7718c5a6e4d02b98f1337ce5ab0d9f8e621 of 48213 bytes`;
