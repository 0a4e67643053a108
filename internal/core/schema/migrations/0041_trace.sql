-- A chain is followed from a model version to its runs and services, and from a service to its calls.
CREATE INDEX run_version ON run (version, id);
CREATE INDEX deployment_version ON deployment (version, id);
CREATE INDEX call_deployment ON call (deployment, at);
