/**
 * web/origin: whether a request comes from our own page: by its Host, its Origin and what the
 * browser says of it. Pure.
 *
 * A page of somebody else may make a browser send requests to us, also under a name of its own
 * that it lets stand for our address (DNS rebinding); neither is answered.
 */
import { isLoopback, type Surface } from '#observer/contract/options'
import { type Refused, refused } from '#observer/text/problem'
import { pathOf } from './path.js'

const HOST = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i

/** Host names of a loopback surface. */
const LOCAL: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** Undefined when this request may be answered. */
export function foreignRequest(request: Request, surface: Surface): Refused | undefined {
  const host = request.headers.get('host') ?? ''
  if (!isOurHost(host, surface)) {
    const remedy = 'name it in the option hosts of this surface'
    return refused(403, 'HOST_REFUSED', 'this Observer is not known by that name', remedy)
  }
  const site = request.headers.get('sec-fetch-site') ?? 'none'
  const isApi = /^\/api(\/|$)/i.test(pathOf(request))
  // A link may lead to our page; what lies behind it is for the page alone.
  const isForeign = site === 'cross-site' || site === 'same-site'
  if (isForeign && (isApi || request.method !== 'GET')) return foreignOrigin()
  return isWrite(request) ? wrongOrigin(request, host, surface) : undefined
}

export const isWrite = ({ method }: Request): boolean => method !== 'GET' && method !== 'HEAD'

function wrongOrigin(request: Request, host: string, surface: Surface): Refused | undefined {
  const origin = request.headers.get('origin')
  // A program that is no browser sends none; a CSRF token or a bearer it has to show all the same.
  if (origin === null) return undefined
  const from = /^https?:\/\/(.+)$/.exec(origin)?.[1]
  const isOurs = from !== undefined && (from === host || isNamed(from, surface.hosts))
  return isOurs ? undefined : foreignOrigin()
}

const foreignOrigin = (): Refused =>
  refused(403, 'ORIGIN_REFUSED', 'this was asked by a page of somebody else', 'use our own page')

/** Whether a Host header, with or without its port, means this surface. */
export function isOurHost(host: string, surface: Surface): boolean {
  const [, name] = HOST.exec(host) ?? []
  if (name === undefined) return false
  if (isNamed(host, surface.hosts)) return true
  const told = name.toLowerCase()
  if (LOCAL.includes(told)) return true
  if (isLoopback(surface.host)) return false
  // A number cannot be made to stand for another address.
  return told === surface.host.toLowerCase() || /^\[.+\]$|^\d+\.\d+\.\d+\.\d+$/.test(told)
}

/** A host that is named without a port is meant with each. */
function isNamed(host: string, hosts: readonly string[]): boolean {
  const told = host.toLowerCase()
  const [, name = ''] = HOST.exec(told) ?? []
  return hosts.some((one) => one.toLowerCase() === told || one.toLowerCase() === name)
}
