/**
 * testing/member-http: one question over HTTP to a member on loopback, with a deadline.
 */
import { request as plainRequest, type RequestOptions } from 'node:http'
import { request as tlsRequest } from 'node:https'
import type { LocalEtcdTls } from './local-etcd.js'

export interface HttpAsk {
  readonly port: number
  readonly path: string
  /** Given: POST. */
  readonly body?: unknown
  /** The port speaks TLS; what etcd shows is shown to it, too. */
  readonly tls?: LocalEtcdTls
  readonly timeoutMs: number
}

export interface HttpAnswer {
  /** 0: there was no answer. */
  readonly status: number
  readonly text: string
}

/** The answer; never rejects. */
export const askMember = (ask: HttpAsk): Promise<HttpAnswer> =>
  new Promise((resolve) => {
    const { tls, body } = ask
    const none = (text: string): void => resolve({ status: 0, text })
    const options: RequestOptions = {
      ...{ host: '127.0.0.1', port: ask.port, path: ask.path, agent: false },
      ...{ method: body === undefined ? 'GET' : 'POST', timeout: ask.timeoutMs },
    }
    const shown =
      tls === undefined ? {} : { cert: Buffer.from(tls.cert), key: Buffer.from(tls.key) }
    // It is our own child on loopback: whose certificate it shows says nothing more.
    const sent =
      tls === undefined
        ? plainRequest(options)
        : tlsRequest({ ...options, ...shown, rejectUnauthorized: false })
    sent.on('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', ({ message }) => none(message))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() })
      })
    })
    sent.on('timeout', () => sent.destroy())
    sent.on('error', ({ message }) => none(message))
    sent.on('close', () => none('closed'))
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
