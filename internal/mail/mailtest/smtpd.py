# A real SMTP server for tests (Debian: python3-aiosmtpd). Listens on a free port
# of 127.0.0.1, writes {"port": N} and then a line of JSON for each message that
# it has taken: {"from", "to", "data" (base64), "tls", "user"}. A recipient whose
# name begins with "gone" is refused for good, "later" for now; one with "spam"
# after its data. Arguments: starttls CERT KEY | plain; then the password, if any.
import asyncio, base64, json, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.lower()
        if name.startswith('gone'):
            return '550 5.1.1 <' + address + '> no such user here'
        if name.startswith('later'):
            return '451 4.2.1 try again'
        envelope.rcpt_tos.append(address)
        return '250 2.1.5 ok'

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].lower().startswith('spam'):
            return '554 5.7.1 not taken'
        print(json.dumps({'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'tls': session.ssl is not None,
                          'user': str(session.auth_data or ''), 'data': base64.b64encode(envelope.original_content).decode()}), flush=True)
        return '250 2.0.0 taken'


def authenticator(password):
    def check(server, session, envelope, mechanism, data):
        ok = data.password.decode() == password
        return AuthResult(success=ok, handled=False, auth_data=data.login.decode())
    return check


async def main():
    mode, args = sys.argv[1], {}
    rest = sys.argv[2:]
    if mode == 'starttls':
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(rest[0], rest[1])
        rest = rest[2:]
        args.update(tls_context=context, require_starttls=True)
    if rest:
        args.update(authenticator=authenticator(rest[0]), auth_required=True, auth_require_tls=mode == 'starttls')
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), enable_SMTPUTF8=True, hostname='relay.test', loop=loop, **args), '127.0.0.1', 0)
    print(json.dumps({'port': server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()

asyncio.run(main())
