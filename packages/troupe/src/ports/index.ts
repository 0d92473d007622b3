/**
 * ports: the outside world as processes: udp, tcp, web, websocket, sse, program; tls for them.
 */
export type { Holder } from './holder.js'
export type { Listening, ListenOptions, Unopened } from './listen.js'
export { formatListening, LISTEN_DEFAULTS } from './listen.js'
export type {
  ProgramCounters,
  ProgramData,
  ProgramEnd,
  ProgramEnded,
  ProgramLine,
  ProgramNote,
  ProgramStarted,
} from './program/message.js'
export { Program, ProgramDataReader, ProgramReader } from './program/message.js'
export type { ProgramBinary, ProgramLines, ProgramOptions } from './program/options.js'
export { LINES_DEFAULTS, PROGRAM_DEFAULTS } from './program/options.js'
export { programPort } from './program/program.js'
export { sseClient } from './sse/client.js'
export type {
  SseClientCounters,
  SseClientEnd,
  SseClosed,
  SseOpened,
  SseReceived,
} from './sse/client-message.js'
export { SseClient, SseClientReader } from './sse/client-message.js'
export type { SseClientOptions } from './sse/client-options.js'
export { SSE_CLIENT_DEFAULTS } from './sse/client-options.js'
export type {
  SseConnected,
  SseConnectionCounters,
  SseDisconnected,
  SseEnd,
  SsePush,
  SseRequest,
} from './sse/message.js'
export { SseConnection, SseReader } from './sse/message.js'
export type { SseCounters, SsePortOptions } from './sse/port-options.js'
export { SSE_DEFAULTS } from './sse/port-options.js'
export { Sse, ssePort } from './sse/sse.js'
export type { ChunkFault } from './tcp/chunk-decoder.js'
export { ChunkDecoder } from './tcp/chunk-decoder.js'
export type {
  Chunking,
  ChunkingOff,
  CompleteChunking,
  DelimiterChunking,
  FixedChunking,
  LengthChunking,
} from './tcp/chunking.js'
export { CHUNKING_DEFAULTS, completeChunking, encodeChunk, LINES } from './tcp/chunking.js'
export type { TcpClientOptions } from './tcp/client.js'
export { TCP_CLIENT_DEFAULTS, tcpClient } from './tcp/client.js'
export type { TcpAccepted } from './tcp/connection.js'
export type {
  TcpConnectionLimits,
  TcpConnectionOptions,
  TcpKeepAlive,
} from './tcp/connection-options.js'
export { TCP_CONNECTION_DEFAULTS } from './tcp/connection-options.js'
export type { TcpSides } from './tcp/inward.js'
export type { ServeTcp, TcpListenLimits, TcpListenOptions } from './tcp/listener.js'
export { openTcp, TCP_LISTEN_DEFAULTS, TcpListener } from './tcp/listener.js'
export type {
  TcpConnected,
  TcpConnectionCounters,
  TcpCounters,
  TcpData,
  TcpDisconnected,
  TcpEnd,
  TcpListenCounters,
  TcpReaderAddress,
  TcpSecurity,
  TcpTotals,
} from './tcp/message.js'
export { TCP_ENDS, Tcp, TcpConnection, TcpReader } from './tcp/message.js'
export type { TcpPortOptions } from './tcp/tcp.js'
export { tcpPort } from './tcp/tcp.js'
export type { Authorities } from './tls/authorities.js'
export type { CertificateFiles } from './tls/certificate-files.js'
export { FileCertificates, loadCertificates } from './tls/certificate-files.js'
export type { ClientTls } from './tls/client-tls.js'
export { CLIENT_TLS_DEFAULTS } from './tls/client-tls.js'
export type { ServerTls } from './tls/server-tls.js'
export type { Peer, TakeDatagram, UdpCounters, UdpOptions } from './udp/socket.js'
export { openUdp, UDP_DEFAULTS, UdpSocket } from './udp/socket.js'
export type { Datagram, DatagramTarget, UdpPortOptions } from './udp/udp.js'
export { DatagramReader, Udp, udpPort } from './udp/udp.js'
export type { FetchFunction } from './web/by-fetch.js'
export type { ServeFunction } from './web/by-serve.js'
export type { WebEnv } from './web/environment.js'
export { webEnv } from './web/environment.js'
export { LightResponse } from './web/light-response.js'
export type { WebListenCounters, WebListenOptions } from './web/listen-options.js'
export { WEB_LISTEN_DEFAULTS } from './web/listen-options.js'
export type { Serve, TakeUpgrade } from './web/listener.js'
export { openWeb, WebListener } from './web/listener.js'
export type { WebFailure } from './web/status.js'
export { webFailureOf } from './web/status.js'
export { Web, webPort } from './web/web.js'
export type {
  WebAnswering,
  WebCounters,
  WebPortOptions,
  WebPortSpec,
} from './web/web-options.js'
export { WEB_DEFAULTS } from './web/web-options.js'
export type { WebSocketClientOptions } from './websocket/client.js'
export { WEB_SOCKET_CLIENT_DEFAULTS, webSocketClient } from './websocket/client.js'
export type { WebSocketConnectionOptions } from './websocket/connection-options.js'
export { WEB_SOCKET_CONNECTION_DEFAULTS } from './websocket/connection-options.js'
export type {
  WebSocketClose,
  WebSocketConnected,
  WebSocketConnectionCounters,
  WebSocketCounters,
  WebSocketDisconnected,
  WebSocketEnd,
  WebSocketFrame,
  WebSocketMessage,
  WebSocketPush,
  WebSocketReaderAddress,
  WebSocketTotals,
} from './websocket/message.js'
export {
  WEB_SOCKET_ENDS,
  WebSocketConnection,
  WebSocketReader,
  WebSockets,
} from './websocket/message.js'
export type { CheckOrigin, WebSocketHandshake } from './websocket/origin.js'
export type { WebSocketPortOptions } from './websocket/port-options.js'
export { WEB_SOCKET_DEFAULTS } from './websocket/port-options.js'
export { webSocketPort } from './websocket/websocket.js'
