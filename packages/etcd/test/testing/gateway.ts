/**
 * etcd/test/testing/gateway: keys over the JSON gateway of etcd, so that the tests of the local
 * etcd need no client of ours.
 */
import { request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Longer than an etcd that goes on ever takes, on whatever machine. */
const ANSWER_MS = 20_000

const base64 = (text: string): string => Buffer.from(text).toString('base64')

export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Silent for so long it gives no answer. */
  readonly timeoutMs?: number
}

export function ask(
  endpoint: string,
  path: string,
  body: object,
  { headers = {}, timeoutMs = ANSWER_MS }: AskOptions = {},
): Promise<Answer> {
  const url = new URL(path, `http://${endpoint}`)
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent: false, headers, timeout: timeoutMs })
    sent.on('response', async (response) => {
      const parts = await response.toArray()
      resolve({
        status: response.statusCode ?? 0,
        body: JSON.parse(Buffer.concat(parts).toString()),
      })
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer')))
    sent.on('error', reject)
    sent.end(JSON.stringify(body))
  })
}

export const put = (endpoint: string, key: string, value: string): Promise<Answer> =>
  ask(endpoint, '/v3/kv/put', { key: base64(key), value: base64(value) })

/** The value of one key; undefined: there is none. */
export async function get(
  endpoint: string,
  key: string,
  options: AskOptions = {},
): Promise<string | undefined> {
  const { body } = await ask(endpoint, '/v3/kv/range', { key: base64(key) }, options)
  const [found] = (body['kvs'] ?? []) as readonly { readonly value: string }[]
  return found === undefined ? undefined : Buffer.from(found.value, 'base64').toString()
}
