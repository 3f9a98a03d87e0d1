extension ServiceConfiguration {
    /// What a reload changes: the keys of the settings that are different in `new`.
    ///
    /// All or nothing: one setting that only a restart can change refuses the whole reload.
    func change(to new: ServiceConfiguration) -> Result<[String], ConfigurationError> {
        let changed = SettingTable.all.filter { !$0.isSame(in: self, new) }
        let fixed = changed.filter { !$0.reloads }
        guard fixed.isEmpty else {
            let problems = fixed.map { setting in
                let origin = new.origins[setting.key] ?? origin(of: setting.key)
                return ConfigurationProblem(
                    origin,
                    "a running service keeps \(setting.text(in: self)) and cannot change to "
                        + setting.text(in: new),
                    "Restart it, or take the change back.")
            }
            return .failure(ConfigurationError(problems))
        }
        return .success(changed.map { $0.key })
    }
}
