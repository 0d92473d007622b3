/**
 * nodes/web-role: the program that answers questions, shows the map and tells the account of all.
 */

import { processName, type WebListener } from 'troupe'
import type { Account } from '#traffic/account/account'
import type { Accounts } from '#traffic/account/books'
import { statsJson } from '#traffic/account/stats-json'
import { accountLine } from '#traffic/cli/account-line'
import type { Flags } from '#traffic/cli/flags'
import type { ProgramEnd } from '#traffic/cli/program'
import { reporterActor } from '#traffic/cli/reporter'
import type { Screen } from '#traffic/cli/screen'
import { creditOf, type PageFiles, readPage } from '#traffic/map/page'
import { openCertificate, openQuestions, questionLines } from '#traffic/system/open'
import type { Part } from '#traffic/system/roster'
import { refusedPort } from '#traffic/system/run'
import { group, service } from '#traffic/system/tree'
import { certificateLines } from '#traffic/tls/kept-certificate'
import { chaosParts } from './chaos-parts.js'
import { Books, PAGES_TIMEOUT_MS } from './keeper.js'
import { Mirror } from './mirror.js'
import { type RoleParts, runRoleNode, type Setting } from './role-node.js'
import { surroundingsOf } from './surroundings.js'

export async function runWeb(flags: Flags, screen: Screen): Promise<ProgramEnd> {
  const certificate = await openCertificate(flags)
  const listener = await openQuestions(flags, certificate).catch(refusedPort(flags))
  if ('kind' in listener) return listener
  try {
    const files = await readPage(creditOf(flags.replay))
    const lines = certificateLines(certificate)
    return await runRoleNode('web', flags, screen, (setting) =>
      partsOf(setting, listener, files, lines),
    )
  } finally {
    await listener.close()
  }
}

function partsOf(
  setting: Setting,
  listener: WebListener,
  files: PageFiles,
  certificate: readonly string[],
): RoleParts {
  const { flags, screen, roster, book, addresses } = setting
  const books = accountsOf(setting)
  const surroundings = () => surroundingsOf(book)
  const mirror = new Mirror(addresses.lookout)
  const stats = async () => statsJson(await books.read(), surroundings())
  const map = { files, feed: { table: mirror, refresh: mirror.refresh, stats } }
  const desk = {
    ...{ books, roster, surroundings, allowsKill: flags.allowsKill },
    storage: addresses.storage,
    killElsewhere: (part: Part) => killElsewhere(setting, part),
  }
  const vehicles = {
    get size() {
      return surroundings().vehicles
    },
    get: () => undefined,
  }
  const told = { books, table: vehicles, screen, playback: undefined, replayed: () => {} }
  const keeper = setting.keeper(async () => ({
    role: 'web',
    around: { web: { ...listener.counters() } },
  }))
  const answering = group('service', roster, service({ desk, listener, map }))
  const tree = group('traffic', roster, [
    keeper,
    { name: 'service', start: answering, args: [] },
    { name: 'reporter', start: reporterActor, args: [told] },
    ...chaosParts(setting),
  ])
  const lines = [...questionLines(listener, flags.isPlainHttp), ...certificate]
  const end = async (): Promise<void> =>
    screen.print(accountLine(book.account(), surroundings().vehicles))
  return { tree, lines, end }
}

/** The account with fresh readings of all programs; of one that is away, its latest. */
function accountsOf({ node, book, others }: Setting): Accounts {
  const own = processName('books', Books)
  let underWay: Promise<Account> | undefined
  const readNow = async (): Promise<Account> => {
    const options = { timeoutMs: PAGES_TIMEOUT_MS }
    const asked = [own, ...others()].map((keeper) => {
      return node.call(keeper, 'pages', [], options).catch(() => [])
    })
    for (const pages of await Promise.all(asked)) book.putAll(pages)
    return book.account()
  }
  return {
    read: () => {
      underWay ??= readNow().finally(() => {
        underWay = undefined
      })
      return underWay
    },
  }
}

async function killElsewhere({ node, others }: Setting, part: Part): Promise<object | undefined> {
  for (const keeper of others()) {
    const killed = await node.call(keeper, 'kill', part).catch(() => undefined)
    if (killed !== undefined) return killed
  }
  return undefined
}
