//! Over HTTP: a real `git http-backend` that asks who is there. Only in the long suite: it needs Python for a small server.

use super::{Site, git, words};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// A server of the repositories below a folder, on a port that it prints. `Basic me:s3cr3t` may come in.
const SERVER: &str = r#"
import base64, http.server, os, subprocess, sys
WHO = "Basic " + base64.b64encode(b"me:s3cr3t").decode()
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *args): pass
    def do(self):
        length = int(self.headers.get("Content-Length") or 0)
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while True:
                size = int(self.rfile.readline(), 16)
                body += self.rfile.read(size); self.rfile.readline()
                if size == 0: break
        else:
            body = self.rfile.read(length)
        if self.headers.get("Authorization") != WHO:
            self.send_response(401); self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0"); self.end_headers(); return
        if os.path.exists("cut"):
            self.close_connection = True; self.connection.close(); return
        path, _, query = self.path.partition("?")
        env = dict(os.environ, GIT_PROJECT_ROOT=os.getcwd(), GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path,
            QUERY_STRING=query, REQUEST_METHOD=self.command, REMOTE_USER="me",
            CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)),
            HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
            GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
        out = subprocess.run(["git", "http-backend"], input=body, env=env, stdout=subprocess.PIPE).stdout
        head, _, rest = out.partition(b"\r\n\r\n")
        lines = [l.split(": ", 1) for l in head.decode().split("\r\n")]
        status = next((int(v.split()[0]) for k, v in lines if k == "Status"), 200)
        self.send_response(status)
        for k, v in lines:
            if k != "Status": self.send_header(k, v)
        self.send_header("Content-Length", str(len(rest))); self.end_headers(); self.wfile.write(rest)
    do_GET = do_POST = do
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"#;

struct Server(Child, String);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the server; none where there is no Python.
fn serve(site: &Site) -> Option<Server> {
    site.there(&["config", "http.receivepack", "true"]);
    site.remote.write("server.py", SERVER);
    let mut command = Command::new("python3");
    command.arg("server.py").current_dir(site.remote.path("")).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let mut port = String::new();
    BufReader::new(child.stdout.take()?).read_line(&mut port).ok()?;
    let port = port.trim().to_owned();
    (!port.is_empty()).then(|| Server(child, format!("http://127.0.0.1:{port}/remote.git")))
}

#[test]
#[ignore = "long: needs Python and git http-backend"]
fn it_publishes_over_http_with_a_credential_helper() {
    let site = Site::two();
    let Some(server) = serve(&site) else {
        eprintln!("skipped: there is no python3");
        return;
    };
    site.git(&["remote", "set-url", "origin", &server.1]);
    // Nobody is asked.
    let told = site.fails("publish", 3);
    assert!(told.contains("git cannot reach origin") && told.contains("terminal prompts disabled"), "{told}");
    // For this server alone, as the jobs of `podwright init` do it.
    let helper = format!("credential.{}.helper", server.1.trim_end_matches("/remote.git"));
    site.git(&["config", &helper, "!f() { echo username=me; echo password=$DEPLOY_TOKEN; }; f"]);
    let told = site.source.said_with(&words("publish"), &[("DEPLOY_TOKEN", "wrong-secret")]);
    assert!(told.code == 3 && !told.stderr.contains("wrong-secret"), "{told:?}");
    let run = |line: &str| site.source.said_with(&words(line), &[("DEPLOY_TOKEN", "s3cr3t")]);
    assert_eq!(run("publish").code, 0);
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    // The connection is cut; then it is there again.
    site.remote.write("cut", "");
    let said = run("publish");
    assert!(said.code == 3 && said.stderr.contains("git cannot reach origin"), "{said:?}");
    site.remote.remove("cut");
    assert_eq!(run("publish").code, 0);
    assert_eq!(run("rollback a").code, 0);
    assert_eq!(run("history a").stdout.matches("Mei Lin").count(), 3);
    assert_eq!(site.count("rendered"), 3);
    site.sound("rendered");
}

#[test]
#[ignore = "long: needs Python and git http-backend"]
fn twenty_publishers_meet_over_http() {
    let site = Site::two();
    let Some(server) = serve(&site) else {
        eprintln!("skipped: there is no python3");
        return;
    };
    for n in 0..20 {
        site.source.write(&format!("environments/e{n}/environment.yaml"), format!("namespace: e{n}\n"));
    }
    site.commit("many", &[]);
    let address = server.1.replace("://", "://me:s3cr3t@");
    let clones: Vec<_> = (0..20).map(|_| site.clone()).collect();
    for clone in &clones {
        git(&clone.path(""), &["remote", "set-url", "origin", &address]);
    }
    let children: Vec<_> =
        clones.iter().enumerate().map(|(n, clone)| clone.spawn(&["publish", &format!("e{n}")])).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !said.contains("s3cr3t"), "{said}");
    }
    assert_eq!(site.count("rendered"), 20);
    site.sound("rendered");
}
