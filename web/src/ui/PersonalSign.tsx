import { IdcardOutlined } from "@ant-design/icons";
import { Alert, Button, Upload } from "antd";
import { useState } from "react";
import { useText } from "@/text";
import { type PersonalKey, readPersonalKey } from "@/sign/sm2";

/** Chooses the person's certificate file. It is read here and kept in memory only. */
export function PersonalSign({ value, onChange }: { value?: PersonalKey; onChange: (key: PersonalKey | undefined) => void }) {
  const t = useText();
  const [name, setName] = useState<string>();
  const [bad, setBad] = useState(false);
  return (
    <>
      <Upload
        accept=".pem,.txt,.crt,.key"
        showUploadList={false}
        beforeUpload={(file) => {
          void file.text().then((text) => {
            try {
              onChange(readPersonalKey(text));
              setName(file.name);
              setBad(false);
            } catch {
              onChange(undefined);
              setBad(true);
            }
          });
          return false;
        }}
      >
        <Button block size="large" icon={<IdcardOutlined aria-hidden />}>
          {value ? t.sign.chosen(name ?? "") : t.sign.choose}
        </Button>
      </Upload>
      {bad && <Alert type="error" showIcon title={t.sign.bad} style={{ marginTop: 8 }} />}
      <p style={{ color: "#5b6678", margin: "8px 0 0", fontSize: 13 }}>{t.sign.hint}</p>
    </>
  );
}
