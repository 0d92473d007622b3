/**
 * system/etcd-ground: an etcd below the programs: the launcher's own, or the one it was given.
 *
 * One of its own that ends by itself is started again on its data, as every program is.
 */
import { join, resolve } from 'node:path'
import { connectEtcd, type EtcdOptions } from '@troupe/etcd'
import { type LocalEtcd, type LocalMember, startEtcd } from '@troupe/etcd/testing'
import { actor, type ChildSpec, protocol } from 'troupe'
import { EtcdLookout, LOOKOUT_MS, LOOKOUT_TIMEOUT_MS } from './etcd-lookout.js'
import { BARE, type Ground } from './ground.js'

/** A history that is never compacted fills an etcd; of these many changes it is kept. */
const HISTORY_KEPT = 10_000

/** Starts an etcd with its data in a folder; rejects with ETCD_NOT_STARTED. */
export async function groundOfEtcd(folder: string): Promise<Ground> {
  const etcd = await startEtcd({
    folder: resolve(join(folder, 'etcd')),
    flags: ['--auto-compaction-mode=revision', `--auto-compaction-retention=${HISTORY_KEPT}`],
  })
  const endpoints = etcd.endpoints.join(',')
  return {
    told: `etcd ${etcd.version} is at ${endpoints} (process ${etcd.members[0]?.pid})`,
    words: ['--etcd', endpoints],
    found: { etcdEndpoints: etcd.endpoints },
    children: (print) => [{ name: 'etcd', start: etcdActor, args: [etcd, print] }],
    stop: () => etcd.stop(),
  }
}

/** An etcd that others have started, and which may come later. */
export function groundGiven(etcd: EtcdOptions, prefix: string): Ground {
  const client = connectEtcd({ ...etcd, dialTimeoutMs: LOOKOUT_TIMEOUT_MS })
  const child = (print: (line: string) => void): ChildSpec => ({
    ...{ name: 'etcd', start: lookoutActor },
    args: [new EtcdLookout({ client, prefix, print })],
  })
  return { ...BARE, children: (print) => [child(print)], stop: async () => client.close() }
}

const lookoutActor = actor(protocol('jobs-etcd-lookout', {}), {
  init: (lookout: EtcdLookout) => lookout,
  started(lookout, context) {
    void lookout.look()
    let isBusy = false
    context.every(LOOKOUT_MS, async () => {
      if (isBusy) return
      isBusy = true
      await lookout.look()
      isBusy = false
    })
  },
  on: {},
})

const LOOK_MS = 500

/** Starts members again that have ended. */
const etcdActor = actor(protocol('jobs-etcd', {}), {
  init: (etcd: LocalEtcd, print: (line: string) => void) => ({ etcd, print }),
  started({ etcd, print }, context) {
    let isBusy = false
    context.every(LOOK_MS, async () => {
      const ended = etcd.members.find(({ isRunning }) => !isRunning)
      if (isBusy || ended === undefined) return
      isBusy = true
      await again(ended, print)
      isBusy = false
    })
  },
  on: {},
})

async function again(member: LocalMember, print: (line: string) => void): Promise<void> {
  print('etcd has ended and is started again')
  try {
    await member.restart()
    print(`etcd is back (process ${member.pid})`)
  } catch (problem) {
    print(`etcd could not be started: ${String(problem)}`)
  }
}
