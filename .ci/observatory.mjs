// Prints what the MDN HTTP Observatory says of a site at ports of this machine, as JSON.
// Arguments: host name, port of HTTPS, port of HTTP. NODE_EXTRA_CA_CERTS names whom to trust.
import { existsSync, writeFileSync } from "node:fs";
import net from "node:net";
import { scan } from "@mdn/mdn-http-observatory";

const [host, https, http] = process.argv.slice(2);
const ports = { 443: https, 80: http };

// It can ask no other ports than the usual ones, and the name is nobody's.
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (options.host !== host || !ports[options.port]) throw new Error(`${options.host} is not ours`);
  Object.assign(options, { host: "127.0.0.1", port: Number(ports[options.port]) });
  return connect.apply(this, args);
};

// The list of hosts that browsers know beforehand, which it would download; ours is not on it.
const scanner = new URL(import.meta.resolve("@mdn/mdn-http-observatory"));
const list = new URL("../conf/hsts-preload.json", scanner);
if (!existsSync(list)) writeFileSync(list, "{}");

console.log(JSON.stringify(await scan(host)));
