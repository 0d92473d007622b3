/**
 * etcd/test/versions.acceptance: what must hold of an etcd of any version, however it is run.
 *
 * `TROUPE_ETCD=/path/to/etcd npm run test:integration -- versions` tries another version. Cases
 * that wait for leases to end are those of the soak lists.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { connectEtcd, type EtcdClient } from '@troupe/etcd'
import { type LocalEtcd, type StartEtcdOptions, startEtcd } from '@troupe/etcd/testing'
import { testAuthority } from '@troupe/tools/certificates'
import { partSkip } from '@troupe/tools/parts'
import { leaderConformance, registrarConformance } from 'troupe/testing'
import { SEMANTICS } from '#test/client/semantics-cases'
import { realStage as leaderStage } from '#test/leader/conformance-stages'
import { type Access, CALM, realStage as registrarStage } from '#test/registrar/real-stage'

const TIMEOUT_MS = 60_000

interface Setting {
  readonly options: StartEtcdOptions
  readonly access: Access
}

const USER = { username: 'troupe', password: 'a secret' }

async function tlsSetting(): Promise<Setting> {
  const [authority, clients] = await Promise.all([testAuthority(), testAuthority('Clients')])
  // etcd asks itself, too, with the certificate that it shows to others.
  const own = await authority.issue()
  const shown = await clients.issue({ name: 'troupe' })
  return {
    options: { tls: { ...own, clientCa: `${clients.ca}\n${authority.ca}` } },
    access: { tls: { ca: authority.ca, ...shown } },
  }
}

const SETTINGS: Readonly<Record<string, () => Promise<Setting>>> = {
  'of one member': async () => ({ options: {}, access: {} }),
  'of three members': async () => ({ options: { members: 3 }, access: {} }),
  'that asks for a password': async () => ({ options: { auth: USER }, access: USER }),
  'that asks for certificates': tlsSetting,
  'of three members that asks for both': async () => {
    const { options, access } = await tlsSetting()
    return { options: { ...options, members: 3, auth: USER }, access: { ...access, ...USER } }
  },
}

/** These wait for a lease to end, or for a grace. */
const SLOW = /lost|suspect|lease|expire|given up|misse|kill|long/

for (const [title, setting] of Object.entries(SETTINGS)) {
  describe(`an etcd ${title}`, { skip: partSkip('etcd') }, () => {
    let etcd: LocalEtcd
    let access: Access
    const clients: EtcdClient[] = []
    /** Since 3.6 an etcd with passwords tells its status to root alone. */
    let chief: EtcdClient

    before(async () => {
      const made = await setting()
      access = made.access
      etcd = await startEtcd({ fsync: false, ...made.options })
      const { endpoints } = etcd
      for (const dialTimeoutMs of [2_000, 2_001]) {
        clients.push(connectEtcd({ endpoints, dialTimeoutMs, requestTimeoutMs: 5_000, ...access }))
      }
      const root = access.username === undefined ? {} : { username: 'root' }
      chief = connectEtcd({ endpoints, ...access, ...root })
    })
    after(async () => {
      for (const client of [...clients, chief]) client?.close()
      await etcd?.stop()
    })

    const { history = [], ...rooms } = SEMANTICS
    const facts = (list: typeof history): void => {
      for (const { title: fact, run } of list) {
        it(fact, { timeout: TIMEOUT_MS }, async () => {
          const [one, other] = fact.startsWith('a status') ? [chief, chief] : clients
          assert.ok(one !== undefined && other !== undefined)
          await run({ one, other, key: (name) => `${fact}/${name}` })
        })
      }
    }
    describe('is understood by the client', { concurrency: 8 }, () => {
      facts(Object.values(rooms).flat())
    })
    describe('forgets its history', () => facts(history))

    describe('has a registrar', { concurrency: 6 }, () => {
      const make = () => registrarStage(etcd, CALM, access)
      for (const { title: fact, run } of registrarConformance({ make })) {
        if (!SLOW.test(fact)) it(fact, { timeout: TIMEOUT_MS }, run)
      }
    })

    describe('decides who leads', () => {
      const lacks = { killing: 'needs programs', freezing: 'needs programs', cutting: 'is slow' }
      const make = () => leaderStage(etcd, access)
      for (const { title: fact, skip, run } of leaderConformance({ make, lacks })) {
        it(fact, { skip, timeout: TIMEOUT_MS }, run)
      }
    })
  })
}
