import { ApiOutlined } from "@ant-design/icons";
import { Alert, Button, Descriptions, Drawer, Flex, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { useText } from "@/text";
import { Loaded, ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";

/** Days that a key made here lives. */
const days = 90;

/** How psql or a reporting tool reads this space's synthetic tables and released results. */
function Manual({ space }: { space: string }) {
  const t = useText();
  const door = useItem("/v1/wire");
  const key = useAct(() => post("/v1/me/keys", {}, { label: t.lab.wireLabel, days }));
  return (
    <Loaded query={door}>
      {({ address, user }) => {
        if (!address) return <Alert type="info" showIcon message={t.lab.wireClosed} />;
        const cut = address.lastIndexOf(":");
        const [host, port] = [address.slice(0, cut), address.slice(cut + 1)];
        const copied = (text: string) => <Typography.Text copyable>{text}</Typography.Text>;
        return (
          <Flex vertical gap={16}>
            <Typography.Text>{t.lab.wireLead}</Typography.Text>
            <Descriptions
              bordered
              size="small"
              column={1}
              items={[
                { key: "host", label: t.lab.wireHost, children: copied(host) },
                { key: "port", label: t.lab.wirePort, children: copied(port) },
                { key: "user", label: t.lab.wireUser, children: copied(user) },
                { key: "database", label: t.lab.wireSpace, children: copied(space) },
                {
                  key: "password",
                  label: t.lab.wirePassword,
                  children: key.data ? (
                    copied(key.data.key)
                  ) : (
                    <Button loading={key.isPending} onClick={() => key.mutate(undefined)}>
                      {t.lab.wireMake(days)}
                    </Button>
                  ),
                },
              ]}
            />
            {key.data && <Alert type="warning" showIcon message={t.lab.wireOnce} />}
            <Link to={path.keys()}>{t.key.title}</Link>
            {key.error && <ProblemView problem={key.error} />}
            <Typography.Text type="secondary">{t.lab.wireExample}</Typography.Text>
            <Typography.Paragraph code copyable style={{ marginBottom: 0 }}>
              {`psql -h ${host} -p ${port} -U ${user} -d ${space}`}
            </Typography.Paragraph>
          </Flex>
        );
      }}
    </Loaded>
  );
}

export function Connect({ space }: { space: string }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={<ApiOutlined aria-hidden />} onClick={() => setOpen(true)}>
        {t.lab.wire}
      </Button>
      <Drawer title={t.lab.wire} open={open} onClose={() => setOpen(false)} width={520} destroyOnHidden>
        <Manual space={space} />
      </Drawer>
    </>
  );
}
