/**
 * examples/jobs/test/system/etcd-access: how a given etcd is reached, and that it is told when not.
 */
import { deepEqual, equal, match, throws } from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { connectEtcd } from '@troupe/etcd'
import { memoryEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { TroupeError } from 'troupe'
import { virtualClock } from 'troupe/testing'
import { FLAGS_DEFAULTS, type Flags, parseFlags } from '#jobs/cli/flags'
import { etcdAccess } from '#jobs/system/etcd-access'
import { EtcdLookout } from '#jobs/system/etcd-lookout'
import { folderOf, GUARDED_USER, guardedEtcd } from '#test/system/guarded-etcd'

const GIVEN: Flags = { ...FLAGS_DEFAULTS, registrar: 'etcd', etcdEndpoints: ['a:1', 'b:1'] }

const refused = (problem: RegExp) => (fault: unknown) =>
  TroupeError.is(fault, 'OPTION_INVALID') && problem.test(fault.message)

describe('the way to a given etcd', () => {
  it('has the user of the flags and the password of the environment', () => {
    const endpoints = ['a:1', 'b:1']
    deepEqual(etcdAccess(GIVEN, { ETCD_PASSWORD: 'unasked' }), { endpoints })
    const access = etcdAccess({ ...GIVEN, etcdUser: 'jobs' }, { ETCD_PASSWORD: 'a secret' })
    deepEqual(access, { endpoints, username: 'jobs', password: 'a secret' })
    deepEqual(etcdAccess(FLAGS_DEFAULTS, {}), {})
  })

  it('is refused without a password, and it is said where that is to be', () => {
    for (const env of [{}, { ETCD_PASSWORD: '' }]) {
      throws(() => etcdAccess({ ...GIVEN, etcdUser: 'jobs' }, env), refused(/ETCD_PASSWORD/))
    }
  })

  it('has what is in the files, and names the one that cannot be read', async (t) => {
    const folder = await folderOf(t)
    const etcdCa = join(folder, 'ca.pem')
    await writeFile(etcdCa, 'an authority')
    const { tls } = etcdAccess({ ...GIVEN, etcdCa }, {})
    deepEqual(tls, { ca: Buffer.from('an authority') })
    const etcdKey = join(folder, 'none.pem')
    throws(() => etcdAccess({ ...GIVEN, etcdKey }, {}), refused(/--etcd-key.*none\.pem/))
  })
})

describe('the lookout for a given etcd', () => {
  it('is silent where a real one lets it in, and tells of a wrong password', {
    skip: partSkip('etcd'),
  }, async (t) => {
    const { words } = await guardedEtcd(t)
    const verdict = parseFlags(['--registrar', 'etcd', ...words])
    const flags = verdict.kind === 'run' ? verdict.flags : FLAGS_DEFAULTS
    const told = async (password: string): Promise<readonly string[]> => {
      const client = connectEtcd(etcdAccess(flags, { ETCD_PASSWORD: password }))
      t.after(() => client.close())
      const lines: string[] = []
      const prefix = 'services/troupe/cluster/jobs/'
      await new EtcdLookout({ client, prefix, print: (line) => lines.push(line) }).look()
      return lines
    }
    deepEqual(await told(GUARDED_USER.password), [])
    const [line = ''] = await told('another one')
    match(line, /^ETCD_REFUSED: .*authentication failed/)
    equal(line.includes('another one'), false)
  })

  it('tells what is wrong with its code, once, and when it answers', async () => {
    const clock = virtualClock()
    const etcd = memoryEtcd({ clock })
    const lines: string[] = []
    const lookout = new EtcdLookout({
      ...{ client: etcd.client('one'), prefix: 'services/troupe/cluster/jobs/' },
      print: (line) => lines.push(line),
    })
    const look = (): Promise<void> => clock.until(lookout.look(), { limitMs: 10_000 })
    await look()
    deepEqual(lines, [])
    etcd.refuse('one', 'etcdserver: permission denied')
    for (let time = 0; time < 2; time += 1) await look()
    match(lines[0] ?? '', /^ETCD_REFUSED: .*permission denied/)
    etcd.admit('one')
    etcd.cutOff('one', { as: 'unreachable' })
    await look()
    match(lines[1] ?? '', /^ETCD_UNREACHABLE: /)
    etcd.mend('one')
    for (let time = 0; time < 2; time += 1) await look()
    match(lines[2] ?? '', /^etcd answers/)
    equal(lines.length, 3)
  })
})
