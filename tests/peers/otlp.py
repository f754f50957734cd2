"""A receiver of traces (OTLP over HTTP) that shares no code with ours: it reads them with
OpenTelemetry's own definition, and says a line for each span and for the octets it came in."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


def value(of):
    return getattr(of, of.WhichOneof("value"))


def attributes(of):
    return {one.key: value(one.value) for one in of.attributes}


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        good = self.path == "/v1/traces"
        good = good and self.headers["content-type"] == "application/x-protobuf"
        if good:
            print("octets", body.decode("latin-1").encode("unicode_escape").decode(), flush=True)
            for group in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in group.scope_spans:
                    for span in scope.spans:
                        told = {
                            "name": span.name,
                            "service": attributes(group.resource)["service.name"],
                            "attributes": attributes(span),
                            "links": len(span.links),
                            "took_ns": span.end_time_unix_nano - span.start_time_unix_nano,
                            "parent": span.parent_span_id.hex(),
                        }
                        print("span", json.dumps(told), flush=True)
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200 if good else 400)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print("%s:%d" % server.server_address, flush=True)
server.serve_forever()
