/**
 * etcd/test/testing/starter: a program that starts an etcd, tells of it, and waits to be killed.
 */
import { startEtcd } from '@troupe/etcd/testing'

const etcd = await startEtcd({ fsync: false, heartbeatMs: 30, electionMs: 200 })
const [member] = etcd.members
console.log(JSON.stringify({ pid: member?.pid, folder: etcd.folder }))
process.stdin.resume()
