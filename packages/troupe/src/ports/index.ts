/**
 * ports: the outside world as processes: UDP and HTTP so far.
 */
export type { Listening, ListenOptions } from './listen.js'
export { formatListening, LISTEN_DEFAULTS } from './listen.js'
export type { Peer, TakeDatagram, UdpCounters, UdpOptions } from './udp/socket.js'
export { openUdp, UDP_DEFAULTS, UdpSocket } from './udp/socket.js'
export type { Datagram, DatagramTarget, UdpPortOptions } from './udp/udp.js'
export { DatagramReader, Udp, udpPort } from './udp/udp.js'
export type { WebListenCounters, WebListenOptions } from './web/listen-options.js'
export { WEB_LISTEN_DEFAULTS } from './web/listen-options.js'
export type { Serve, TakeUpgrade } from './web/listener.js'
export { openWeb, WebListener } from './web/listener.js'
export type { WebRequest, WebResponse } from './web/message.js'
export type { WebFailure } from './web/status.js'
export { webFailureOf } from './web/status.js'
export type { WebCounters, WebPortOptions } from './web/web.js'
export { WEB_DEFAULTS, Web, WebHandler, webPort } from './web/web.js'
